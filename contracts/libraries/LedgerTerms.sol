// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {Committees} from "./Committees.sol";

/// @title The terms of a ledger, and the id that they are
library LedgerTerms {
    error InvalidLanes(uint256 lanes);
    error InvalidCategories(uint256 categories);
    error InvalidMinRecords(uint256 minRecords);
    /// @param what lane, category or currency; @param maximum bytes
    error NameTooLong(string what, uint256 length, uint256 maximum);

    uint256 private constant MAX_LANES = 4;
    uint256 private constant MAX_CATEGORIES = 255;
    uint256 private constant MAX_NAME_BYTES = 64;
    /// @dev Sums of more records may not decode into lanes.
    uint256 internal constant MAX_RECORDS = 1 << 20;

    function requireValid(IMIStore.Terms calldata terms) internal pure {
        Committees.requireFeasible(terms.threshold, terms.servers.length);
        if (terms.lanes.length == 0 || terms.lanes.length > MAX_LANES) {
            revert InvalidLanes(terms.lanes.length);
        }
        if (terms.categories.length == 0 || terms.categories.length > MAX_CATEGORIES) {
            revert InvalidCategories(terms.categories.length);
        }
        if (terms.minRecords == 0 || terms.minRecords > MAX_RECORDS) {
            revert InvalidMinRecords(terms.minRecords);
        }
        _requireShort("currency", terms.currency);
        for (uint256 i = 0; i < terms.lanes.length; ++i) {
            _requireShort("lane", terms.lanes[i]);
        }
        for (uint256 i = 0; i < terms.categories.length; ++i) {
            _requireShort("category", terms.categories[i]);
        }
    }

    /// @return ledgerId see IMIStore.Terms
    function idOf(address hospital, IMIStore.Terms calldata terms, bytes32 salt)
        internal
        view
        returns (bytes32 ledgerId)
    {
        return keccak256(
            abi.encode(
                block.chainid,
                address(this),
                hospital,
                terms.threshold,
                terms.servers,
                terms.lanes,
                terms.scale,
                terms.currency,
                terms.minRecords,
                terms.categories,
                salt
            )
        );
    }

    function _requireShort(string memory what, string calldata name) private pure {
        uint256 length = bytes(name).length;
        if (length > MAX_NAME_BYTES) revert NameTooLong(what, length, MAX_NAME_BYTES);
    }
}
