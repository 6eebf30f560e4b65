// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../../IMIStore.sol";
import {Dealer} from "./Dealer.sol";
import {Tree} from "./Tree.sol";
import {vm} from "./Vm.sol";

/// @title A deployed contract and its people, for the tests
/// @dev Records whose number in the order of drawing is 1 mod 7 are a stranger's, all others the patient's: in series
/// OTHER where that number is 2 mod 3, else in SERIES.
abstract contract Fixture {
    /// @dev What stands behind a tag.
    struct Place {
        address who;
        uint64 series;
        uint32 position;
    }

    uint256 internal constant PATIENT_KEY = 0xA11CE;
    uint64 internal constant SERIES = 0x0102030405060708;
    uint64 internal constant OTHER = 0xf1f2f3f4f5f6f7f8;
    bytes32 internal constant SALT = "ledger salt";
    bytes32 internal constant DIGEST = "digest of epoch 1";
    bytes16 internal constant NONCE = "nonce";
    bytes32 internal constant SOURCE = "source";

    /// @dev By its artifact: importing the contract would compile it again into every test.
    IMIStore internal store = IMIStore(vm.deployCode("MIStore.sol:MIStore"));
    address internal hospital = vm.addr(1);
    address internal insurer = vm.addr(2);
    address internal patient = vm.addr(PATIENT_KEY);
    address internal stranger = vm.addr(3);

    bytes32 internal ledgerId;
    uint256 internal t;
    uint256 internal n;

    Place[] internal places;
    bytes32[] internal recordLeaves;
    bytes32[] internal batchLeaves;
    bytes32[] internal roots;
    uint256 internal drawn;
    mapping(address who => mapping(uint64 series => uint256[])) internal seriesIds;

    function server(uint256 seat) internal pure returns (address) {
        return vm.addr(1000 + seat);
    }

    function servers(uint256 count) internal pure returns (address[] memory list) {
        list = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = server(i + 1);
        }
    }

    function register(address account) internal {
        vm.prank(account);
        store.register(new bytes(1216), new bytes(65));
    }

    function openChannel(address from, address to) internal {
        vm.prank(from);
        store.openChannel(to, new bytes(1120), new bytes(65));
    }

    function termsOf(uint256 threshold, uint256 seats, uint32 minRecords)
        internal
        pure
        returns (IMIStore.Terms memory terms)
    {
        terms.threshold = uint8(threshold);
        terms.servers = servers(seats);
        terms.lanes = new string[](2);
        (terms.lanes[0], terms.lanes[1]) = ("cost", "coverage");
        terms.scale = 2;
        terms.currency = "USD";
        terms.minRecords = minRecords;
        terms.categories = new string[](2);
        terms.categories[1] = "pharmacy";
    }

    /// @dev By the protocol's definition.
    function idOf(address owner, IMIStore.Terms memory c, bytes32 salt) internal view returns (bytes32) {
        bytes memory head = abi.encode(
            block.chainid,
            store,
            owner,
            c.threshold,
            c.servers,
            c.lanes,
            c.scale,
            c.currency,
            c.minRecords,
            c.categories,
            salt
        );
        return keccak256(head);
    }

    /// @dev A ledger that no server has joined yet; channels are open.
    function openLedger(uint256 threshold, uint256 seats, uint32 minRecords) internal {
        (t, n) = (threshold, seats);
        for (uint256 seat = 1; seat <= n; ++seat) {
            register(server(seat));
            openChannel(hospital, server(seat));
        }
        vm.prank(hospital);
        ledgerId = store.openLedger(termsOf(t, n, minRecords), SALT, DIGEST);
    }

    function join(uint256 seat, uint32 epoch, bytes32 digest) internal {
        vm.prank(server(seat));
        store.join(ledgerId, epoch, digest);
    }

    function activeLedger(uint256 threshold, uint256 seats, uint32 minRecords) internal {
        openLedger(threshold, seats, minRecords);
        for (uint256 seat = 1; seat <= n; ++seat) {
            join(seat, 1, DIGEST);
        }
    }

    /// @dev A new epoch that all seats have joined.
    function refresh() internal {
        uint32 epoch = store.getLedger(ledgerId).epoch + 1;
        bytes32 digest = keccak256(abi.encode("digest", epoch));
        vm.prank(hospital);
        store.beginEpoch(ledgerId, epoch, digest);
        for (uint256 seat = 1; seat <= n; ++seat) {
            join(seat, epoch, digest);
        }
    }

    function tagOf(uint256 id) internal view returns (bytes20) {
        Place memory place = places[id];
        return Dealer.tag(place.who, place.series, place.position);
    }

    /// @dev The next `count` records of the world, in ascending order of tag, with ids from places.length on.
    function draw(uint256 count) internal returns (bytes memory records) {
        uint256 first = places.length;
        for (uint256 k = 0; k < count; ++k) {
            address who = drawn % 7 == 1 ? stranger : patient;
            uint64 series = who == patient && drawn % 3 == 2 ? OTHER : SERIES;
            seriesIds[who][series].push(type(uint256).max);
            places.push(Place(who, series, uint32(seriesIds[who][series].length)));
            ++drawn;
        }
        _sort(first);
        for (uint256 id = first; id < first + count; ++id) {
            Place memory place = places[id];
            seriesIds[place.who][place.series][place.position - 1] = id;
            bytes memory head = Dealer.head(id, t, tagOf(id));
            recordLeaves.push(Dealer.leaf(id, head));
            records = bytes.concat(records, head, Dealer.delta(id));
        }
    }

    /// @dev All leaves of a batch, its own last.
    function leavesOf(uint256 index) internal view returns (bytes32[] memory list) {
        IMIStore.Batch memory batch = store.getBatch(ledgerId, uint32(index));
        return leavesFrom(batch.firstRecordId, batch.count, batchLeaves[index]);
    }

    function leavesFrom(uint256 first, uint256 count, bytes32 batchLeaf) internal view returns (bytes32[] memory list) {
        list = new bytes32[](count + 1);
        for (uint256 k = 0; k < count; ++k) {
            list[k] = recordLeaves[first + k];
        }
        list[count] = batchLeaf;
    }

    /// @dev By the protocol's definition.
    function batchLeafOf(uint256 index, uint256 epoch, bytes16 nonce, bytes32 source, uint256 first, uint256 count)
        internal
        pure
        returns (bytes32)
    {
        bytes memory preimage = abi.encodePacked(uint64(index), uint64(epoch), nonce, source);
        for (uint256 id = first; id < first + count; ++id) {
            preimage = bytes.concat(preimage, Dealer.delta(id));
        }
        return keccak256(preimage);
    }

    function previousRoot() internal view returns (bytes32) {
        return roots.length == 0 ? ledgerId : roots[roots.length - 1];
    }

    /// @dev Appends the next `count` records of the world.
    function append(uint256 count) internal {
        uint256 first = places.length;
        bytes memory records = draw(count);
        uint32 epoch = store.getLedger(ledgerId).epoch;
        vm.prank(hospital);
        store.appendBatch(ledgerId, previousRoot(), epoch, NONCE, SOURCE, records);
        noteBatch(first, count, epoch, NONCE, SOURCE);
    }

    /// @dev Remembers the batch of the records drawn last.
    function noteBatch(uint256 first, uint256 count, uint256 epoch, bytes16 nonce, bytes32 source) internal {
        bytes32 batchLeaf = batchLeafOf(roots.length, epoch, nonce, source, first, count);
        batchLeaves.push(batchLeaf);
        roots.push(Tree.root(leavesFrom(first, count, batchLeaf)));
    }

    function _sort(uint256 first) private {
        for (uint256 i = first + 1; i < places.length; ++i) {
            for (uint256 k = i; k > first && tagOf(k - 1) > tagOf(k); --k) {
                Place memory place = places[k];
                places[k] = places[k - 1];
                places[k - 1] = place;
            }
        }
    }
}
