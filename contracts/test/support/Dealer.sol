// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Curve} from "./Curve.sol";

/// @title A dealer whose every secret is a hash
/// @dev Record ids that are 2 or 3 mod 5 are each other's opposites, so that their sums are infinity; in ids that are
/// 4 mod 5 the last commitment is infinity (above threshold 1).
library Dealer {
    bytes internal constant CORRECTION = "corrections";

    function scalar(string memory name, uint256 a, uint256 b) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(name, a, b))) % Curve.R;
    }

    /// @dev Coefficient j of a polynomial of record `id`.
    function coefficient(string memory name, uint256 id, uint256 j, uint256 t) internal pure returns (uint256) {
        if (id % 5 == 4 && t > 1 && j == t - 1) return 0;
        return id % 5 == 3 ? Curve.R - scalar(name, id - 1, j) : scalar(name, id, j);
    }

    function commitment(uint256 id, uint256 j, uint256 t) internal view returns (bytes memory) {
        return Curve.commit(coefficient("value", id, j, t), coefficient("blinding", id, j, t));
    }

    function key(uint256 id) internal pure returns (bytes8) {
        return bytes8(keccak256(abi.encode("key", id)));
    }

    /// @dev tag || key || compressed commitments.
    function head(uint256 id, uint256 t, address tag) internal view returns (bytes memory bytes_) {
        bytes_ = abi.encodePacked(tag, key(id));
        for (uint256 j = 0; j < t; ++j) {
            bytes_ = bytes.concat(bytes_, Curve.compress(commitment(id, j, t)));
        }
    }

    /// @dev A record of appendBatch. Corrections are noise.
    function wire(uint256 id, uint256 t, uint256 n, address tag) internal view returns (bytes memory bytes_) {
        bytes_ = head(id, t, tag);
        for (uint256 c = 0; c < 2 * (n - t) + 1; ++c) {
            bytes_ = bytes.concat(bytes_, keccak256(abi.encode(CORRECTION, id, c)));
        }
    }

    function leaf(uint256 id, uint256 t, address tag) internal view returns (bytes32) {
        return keccak256(bytes.concat(bytes8(uint64(id)), head(id, t, tag)));
    }

    /// @dev A record of a query.
    function queried(uint256 id, uint256 t) internal view returns (bytes memory bytes_) {
        bytes_ = abi.encodePacked(uint64(id), key(id));
        for (uint256 j = 0; j < t; ++j) {
            bytes_ = bytes.concat(bytes_, commitment(id, j, t));
        }
    }

    function masks(uint256 n, uint256 seed) internal view returns (bytes memory points) {
        for (uint256 i = 1; i <= n; ++i) {
            points = bytes.concat(points, Curve.commit(scalar("mask", seed, i), scalar("mask blinding", seed, i)));
        }
    }

    function sums(uint256[] memory ids, uint256 t) internal view returns (bytes memory points) {
        for (uint256 j = 0; j < t; ++j) {
            bytes memory sum = Curve.infinity();
            for (uint256 k = 0; k < ids.length; ++k) {
                sum = Curve.add(sum, commitment(ids[k], j, t));
            }
            points = bytes.concat(points, sum);
        }
    }

    /// @dev y and w of a seat: sums of the polynomials' values at it, by powers, and its mask.
    function answer(uint256[] memory ids, uint256 t, uint256 seat, uint256 seed)
        internal
        view
        returns (uint256 y, uint256 w)
    {
        y = scalar("mask", seed, seat);
        w = scalar("mask blinding", seed, seat);
        for (uint256 j = 0; j < t; ++j) {
            uint256 power = Curve.power(seat, j, Curve.R);
            for (uint256 k = 0; k < ids.length; ++k) {
                y = addmod(y, mulmod(coefficient("value", ids[k], j, t), power, Curve.R), Curve.R);
                w = addmod(w, mulmod(coefficient("blinding", ids[k], j, t), power, Curve.R), Curve.R);
            }
        }
    }
}
