// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Curve} from "./Curve.sol";

/// @title A dealer whose every secret is a hash
/// @dev Record ids that are 2 or 3 mod 5 are each other's opposites, so that their sums are infinity; in ids that are
/// 4 mod 5 the last commitment is infinity (above threshold 1).
library Dealer {
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

    function delta(uint256 id) internal pure returns (bytes32) {
        return bytes32(scalar("delta", id, 0));
    }

    function salt(address patient, uint64 series, uint32 position) internal pure returns (bytes16) {
        return bytes16(keccak256(abi.encode("salt", patient, series, position)));
    }

    function tag(address patient, uint64 series, uint32 position) internal pure returns (bytes20) {
        return bytes20(keccak256(abi.encodePacked(patient, series, position, salt(patient, series, position))));
    }

    /// @dev tag || key || compressed commitments.
    function head(uint256 id, uint256 t, bytes20 tag_) internal view returns (bytes memory bytes_) {
        bytes_ = abi.encodePacked(tag_, key(id));
        for (uint256 j = 0; j < t; ++j) {
            bytes_ = bytes.concat(bytes_, Curve.compress(commitment(id, j, t)));
        }
    }

    function leaf(uint256 id, bytes memory head_) internal pure returns (bytes32) {
        return keccak256(bytes.concat(bytes8(uint64(id)), head_));
    }
}
