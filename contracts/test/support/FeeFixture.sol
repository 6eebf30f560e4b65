// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../../IMIStore.sol";
import {QueryFixture} from "./QueryFixture.sol";
import {vm} from "./Vm.sol";

/// @title Queries with a fee, at (3, 5) unless a test opens another ledger
abstract contract FeeFixture is QueryFixture {
    uint64 internal constant NOW = 1_900_000_000;
    uint64 internal constant PAY_UNTIL = NOW + 1000;
    uint128 internal constant SHARE = 1e15;

    function setUp() public virtual {
        vm.warp(NOW);
        vm.deal(insurer, 1000 ether);
        activeLedger(3, 5, 1);
        append(10);
    }

    /// @dev A sealed query of run(1, 4) whose fee is SHARE for each of t answers. `number` tells consents apart.
    function paidQuery(uint256 number) internal returns (IMIStore.Consent memory consent, bytes32 id) {
        Edge[] memory edges = run(1, 4);
        consent = consentTo(edges);
        consent.salt = bytes32(number);
        id = openPaid(consent, edges, t * SHARE, PAY_UNTIL);
    }

    /// @dev The first of the edges of run(1, 4), so that the query stays open.
    function openedQuery(uint256 number, uint256 fee) internal returns (IMIStore.Consent memory consent, bytes32 id) {
        Edge[] memory edges = run(1, 4);
        consent = consentTo(edges);
        consent.salt = bytes32(number);
        id = openPaid(consent, slice(edges, 0, 1), fee, fee == 0 ? 0 : PAY_UNTIL);
    }

    function answerTo(uint256 seat, bytes32 id) internal {
        send(seat, answerOf(seat, id, run(1, 4)));
    }

    function revoke(bytes32 id, IMIStore.Consent memory consent) internal {
        store.revokeConsent(consent, sign(PATIENT_KEY, revocationDigest(id)));
    }

    function left(bytes32 id) internal view returns (uint256) {
        (,, uint8 shares) = store.feeOf(id);
        return shares;
    }

    function statusOf(bytes32 id) internal view returns (IMIStore.QueryStatus status) {
        (status,) = store.queryState(id);
    }
}
