// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";

/// @title Struct hashes (EIP-712) of what a patient signs
library Consents {
    bytes32 private constant CONSENT_TYPE = keccak256(
        "Consent(address insurer,bytes32 ledgerId,address patient,bytes32 runsHash,uint256 deadline,bytes32 salt)"
    );
    bytes32 private constant REVOCATION_TYPE = keccak256("Revocation(bytes32 queryId)");

    function hash(IMIStore.Consent calldata consent) internal pure returns (bytes32) {
        // All members are static, so the encoding of the struct is that of its members.
        return keccak256(abi.encode(CONSENT_TYPE, consent));
    }

    function revocationHash(bytes32 queryId) internal pure returns (bytes32) {
        return keccak256(abi.encode(REVOCATION_TYPE, queryId));
    }
}
