// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../../IMIStore.sol";
import {Curve} from "./Curve.sol";
import {Dealer} from "./Dealer.sol";
import {Fixture} from "./Fixture.sol";
import {Tree} from "./Tree.sol";
import {vm} from "./Vm.sol";

/// @title Consents, queries and answers of a fixture
abstract contract QueryFixture is Fixture {
    struct Run {
        uint64 series;
        uint256 from;
        uint256 to;
    }

    struct Edge {
        uint8 sign;
        uint256 id;
    }

    uint64 internal constant DEADLINE = 2_000_000_000;
    uint256 internal constant MASK = 1;

    // ---------------------------------------------------------------- edges

    /// @dev Record id of the patient's position in a series.
    function recordAt(uint64 series, uint256 position) internal view returns (uint256) {
        return seriesIds[patient][series][position - 1];
    }

    function edgesOf(Run[] memory runs) internal view returns (Edge[] memory edges) {
        edges = new Edge[](2 * runs.length);
        uint256 used = 0;
        for (uint256 k = 0; k < runs.length; ++k) {
            if (runs[k].from > 0) edges[used++] = Edge(0, recordAt(runs[k].series, runs[k].from));
            edges[used++] = Edge(1, recordAt(runs[k].series, runs[k].to));
        }
        assembly ("memory-safe") {
            mstore(edges, used)
        }
    }

    /// @dev The edges of one run of SERIES.
    function run(uint256 from, uint256 to) internal view returns (Edge[] memory) {
        Run[] memory runs = new Run[](1);
        runs[0] = Run(SERIES, from, to);
        return edgesOf(runs);
    }

    function slice(Edge[] memory edges, uint256 from, uint256 to) internal pure returns (Edge[] memory part) {
        part = new Edge[](to - from);
        for (uint256 k = from; k < to; ++k) {
            part[k - from] = edges[k];
        }
    }

    function batchOf(uint256 id) internal view returns (uint32 index) {
        while (id >= store.getBatch(ledgerId, index).firstRecordId + store.getBatch(ledgerId, index).count) ++index;
    }

    function edgeBytes(Edge memory edge) internal view returns (bytes memory) {
        Place memory place = places[edge.id];
        bytes16 salt = Dealer.salt(place.who, place.series, place.position);
        return abi.encodePacked(edge.sign, batchOf(edge.id), uint64(edge.id), place.series, place.position, salt);
    }

    function pathOf(uint256 id) internal view returns (bytes32[] memory) {
        uint32 index = batchOf(id);
        return Tree.proof(leavesOf(index), id - store.getBatch(ledgerId, index).firstRecordId);
    }

    function proofBytes(uint256 id) internal view returns (bytes memory proof) {
        bytes32[] memory path = pathOf(id);
        proof = abi.encodePacked(Dealer.key(id), uint8(path.length));
        for (uint256 j = 0; j < t; ++j) {
            proof = bytes.concat(proof, Dealer.commitment(id, j, t));
        }
        proof = bytes.concat(proof, abi.encodePacked(path));
    }

    function encoded(Edge[] memory edges) internal view returns (bytes memory heads, bytes memory proofs) {
        for (uint256 k = 0; k < edges.length; ++k) {
            heads = bytes.concat(heads, edgeBytes(edges[k]));
            proofs = bytes.concat(proofs, proofBytes(edges[k].id));
        }
    }

    function runsHash(Edge[] memory edges) internal view returns (bytes32 chain) {
        for (uint256 k = 0; k < edges.length; ++k) {
            chain = keccak256(abi.encodePacked(chain, edges[k].sign, recordLeaves[edges[k].id]));
        }
    }

    // ---------------------------------------------------------------- consents

    function consentTo(Edge[] memory edges) internal view returns (IMIStore.Consent memory) {
        return IMIStore.Consent({
            insurer: insurer,
            ledgerId: ledgerId,
            patient: patient,
            runsHash: runsHash(edges),
            deadline: DEADLINE,
            salt: "salt"
        });
    }

    function sign(uint256 key, bytes32 message) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, message);
        return abi.encodePacked(r, s, v);
    }

    /// @dev Domain separator by EIP-712's definition.
    function domain() internal view returns (bytes32) {
        bytes32 domainType =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        return keccak256(abi.encode(domainType, keccak256("MIStore"), keccak256("2"), block.chainid, address(store)));
    }

    function digest(IMIStore.Consent memory c) internal view returns (bytes32) {
        bytes32 consentType = keccak256(
            "Consent(address insurer,bytes32 ledgerId,address patient,bytes32 runsHash,uint256 deadline,bytes32 salt)"
        );
        bytes32 structHash =
            keccak256(abi.encode(consentType, c.insurer, c.ledgerId, c.patient, c.runsHash, c.deadline, c.salt));
        return keccak256(abi.encodePacked(hex"1901", domain(), structHash));
    }

    function revocationDigest(bytes32 queryId) internal view returns (bytes32) {
        bytes32 structHash = keccak256(abi.encode(keccak256("Revocation(bytes32 queryId)"), queryId));
        return keccak256(abi.encodePacked(hex"1901", domain(), structHash));
    }

    // ---------------------------------------------------------------- queries and answers

    function masks() internal view returns (bytes memory bytes_) {
        for (uint256 j = 0; j < t; ++j) {
            bytes_ = bytes.concat(bytes_, maskCommitment(j));
        }
        for (uint256 seat = t + 1; seat <= n; ++seat) {
            bytes_ = bytes.concat(bytes_, abi.encode(Dealer.scalar("z", seat, 0), Dealer.scalar("z'", seat, 0)));
        }
    }

    function maskCommitment(uint256 j) internal view returns (bytes memory) {
        return Curve.commit(Dealer.scalar("mask", MASK, j), Dealer.scalar("mask blinding", MASK, j));
    }

    function sums(Edge[] memory edges) internal view returns (bytes memory points) {
        for (uint256 j = 0; j < t; ++j) {
            bytes memory sum = maskCommitment(j);
            for (uint256 k = 0; k < edges.length; ++k) {
                bytes memory commitment = Dealer.commitment(edges[k].id, j, t);
                sum = Curve.add(sum, edges[k].sign == 1 ? commitment : Curve.multiply(commitment, Curve.R - 1));
            }
            points = bytes.concat(points, sum);
        }
    }

    /// @dev By our own account: see IMIStore.Progress.
    function progressAfter(Edge[] memory edges, uint32 epoch)
        internal
        view
        returns (IMIStore.Progress memory progress)
    {
        Place memory last;
        for (uint256 k = 0; k < edges.length; ++k) {
            Place memory place = places[edges[k].id];
            uint256 from = k > 0 && place.series == last.series ? last.position : 0;
            if (edges[k].sign == 1) progress.count += place.position - from;
            last = place;
        }
        (progress.epoch, progress.chain) = (epoch, runsHash(edges));
        (progress.series, progress.position) = (last.series, last.position);
        (progress.open, progress.sums) = (edges[edges.length - 1].sign == 0, sums(edges));
    }

    function open(IMIStore.Consent memory consent, Edge[] memory edges) internal returns (bytes32) {
        return openPaid(consent, edges, 0, 0);
    }

    /// @dev Opens a query in the current epoch with a fee, which the insurer must have.
    function openPaid(IMIStore.Consent memory consent, Edge[] memory edges, uint256 fee, uint64 payUntil)
        internal
        returns (bytes32)
    {
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        (bytes memory masks_, bytes memory signature) = (masks(), sign(PATIENT_KEY, digest(consent)));
        uint32 epoch = store.getLedger(ledgerId).epoch;
        vm.prank(insurer);
        return store.openQuery{value: fee}(consent, signature, masks_, heads, proofs, epoch, payUntil);
    }

    /// @dev Opens and seals a query of these edges.
    function query(Edge[] memory edges) internal returns (bytes32) {
        return open(consentTo(edges), edges);
    }

    /// @dev y and w of a seat: by powers of it, and the masks.
    function shareOf(Edge[] memory edges, uint256 seat) internal view returns (uint256 y, uint256 w) {
        for (uint256 j = 0; j < t; ++j) {
            (uint256 a, uint256 b) = (Dealer.scalar("mask", MASK, j), Dealer.scalar("mask blinding", MASK, j));
            for (uint256 k = 0; k < edges.length; ++k) {
                uint256 value = Dealer.coefficient("value", edges[k].id, j, t);
                uint256 blinding = Dealer.coefficient("blinding", edges[k].id, j, t);
                a = addmod(a, edges[k].sign == 1 ? value : Curve.R - value, Curve.R);
                b = addmod(b, edges[k].sign == 1 ? blinding : Curve.R - blinding, Curve.R);
            }
            uint256 power = Curve.power(seat, j, Curve.R);
            y = addmod(y, mulmod(a, power, Curve.R), Curve.R);
            w = addmod(w, mulmod(b, power, Curve.R), Curve.R);
        }
    }

    function answerBytes(bytes32 queryId, uint256 y, uint256 w, uint32 epoch, Edge[] memory edges)
        internal
        view
        returns (bytes memory)
    {
        return abi.encodePacked(queryId, y, w, epoch, sums(edges));
    }

    /// @dev A right answer to a query of the first epoch.
    function answerOf(uint256 seat, bytes32 queryId, Edge[] memory edges) internal view returns (bytes memory) {
        (uint256 y, uint256 w) = shareOf(edges, seat);
        return answerBytes(queryId, y, w, 1, edges);
    }

    function send(uint256 seat, bytes memory answers) internal {
        vm.prank(server(seat));
        store.answer(ledgerId, answers);
    }
}
