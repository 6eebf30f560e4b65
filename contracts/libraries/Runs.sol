// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {LedgerTerms} from "./LedgerTerms.sol";

/// @title The runs of one consent, read edge by edge
/// @dev A run, the records after position a up to position b of a series, has a first edge (a, sign 0) unless a = 0, and
/// a last edge (b, sign 1). Series ascend by id; in a series positions ascend, so runs neither overlap nor touch.
library Runs {
    error InvalidSign(uint256 recordId, uint256 sign);
    error SeriesNotAscending(uint64 series, uint64 previous);
    error PositionNotAscending(uint64 series, uint256 position, uint256 previous);
    /// @dev In a series that has begun, an edge ends a run that no edge began.
    error RunNotOpen(uint64 series, uint256 position);
    /// @dev A run begins, or the series or the query ends, before the run that began at this position ended.
    error RunNotClosed(uint64 series, uint256 position);
    error TooManyRecords(uint256 count, uint256 maximum);

    uint256 private constant FIRST = 0;
    uint256 private constant LAST = 1;

    /// @notice Takes the next edge: progress.chain, .count, .series, .position and .open.
    /// @param leaf of the edge's record
    function step(
        IMIStore.Progress memory progress,
        uint256 sign,
        uint64 series,
        uint32 position,
        uint256 recordId,
        bytes32 leaf
    ) internal pure {
        bool begun = progress.chain != 0 && series == progress.series;
        if (!begun) _enter(progress, series);
        if (position <= progress.position) revert PositionNotAscending(series, position, progress.position);
        if (sign == LAST) {
            if (begun && !progress.open) revert RunNotOpen(series, position);
            progress.count += position - progress.position;
            if (progress.count > LedgerTerms.MAX_RECORDS) {
                revert TooManyRecords(progress.count, LedgerTerms.MAX_RECORDS);
            }
        } else if (sign == FIRST) {
            requireClosed(progress);
        } else {
            revert InvalidSign(recordId, sign);
        }
        progress.open = sign == FIRST;
        progress.position = position;
        progress.chain = _chained(progress.chain, sign, leaf);
    }

    function requireClosed(IMIStore.Progress memory progress) internal pure {
        if (progress.open) revert RunNotClosed(progress.series, progress.position);
    }

    /// @dev chain = 0: the consent's first edge, which any series may have.
    function _enter(IMIStore.Progress memory progress, uint64 series) private pure {
        requireClosed(progress);
        if (progress.chain != 0 && series < progress.series) revert SeriesNotAscending(series, progress.series);
        progress.series = series;
        progress.position = 0;
    }

    /// @return link keccak256(chain || uint8 sign || leaf)
    function _chained(bytes32 chain, uint256 sign, bytes32 leaf) private pure returns (bytes32 link) {
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore(preimage, chain)
            mstore8(add(preimage, 0x20), sign)
            mstore(add(preimage, 0x21), leaf)
            link := keccak256(preimage, 65)
        }
    }
}
