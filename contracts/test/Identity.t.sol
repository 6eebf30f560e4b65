// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {IMIStoreErrors} from "../IMIStoreErrors.sol";
import {Fixture} from "./support/Fixture.sol";
import {bound, vm} from "./support/Vm.sol";

/// @title register and openChannel
contract IdentityTest is Fixture {
    function testRegister(address account, bytes32 seed) external {
        (bytes memory kemKey, bytes memory signature) = (_noise(1216, seed), _noise(65, ~seed));
        vm.expectEmit(address(store));
        emit IMIStore.Registered(account, kemKey, signature);
        vm.prank(account);
        store.register(kemKey, signature);
        vm.assertEq(store.kemKeyHash(account), keccak256(kemKey), "hash of the key");
    }

    function testRegisterTwice(address account, bytes32 seed) external {
        register(account);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.AlreadyRegistered.selector, account));
        vm.prank(account);
        store.register(_noise(1216, seed), new bytes(65));
    }

    function testRegisterWrongLengths(uint256 length) external {
        length = bound(length, 0, 2000);
        if (length != 1216) {
            vm.expectRevert(_mismatch("kemKey", length, 1216));
            store.register(new bytes(length), new bytes(65));
        }
        if (length == 65) ++length;
        vm.expectRevert(_mismatch("signature", length, 65));
        store.register(new bytes(1216), new bytes(length));
    }

    function testOpenChannel(address from, address to, bytes32 seed) external {
        register(to);
        (bytes memory ciphertext, bytes memory signature) = (_noise(1120, seed), _noise(65, ~seed));
        vm.expectEmit(address(store));
        emit IMIStore.ChannelOpened(from, to, ciphertext, signature);
        vm.prank(from);
        store.openChannel(to, ciphertext, signature);
        vm.assertEq(store.channelOpened(from, to), keccak256(ciphertext), "hash of the ciphertext");
        if (from != to) vm.assertEq(store.channelOpened(to, from), 0, "one direction only");
    }

    function testOpenChannelTwice(address from, address to, bytes32 seed) external {
        register(to);
        openChannel(from, to);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.ChannelExists.selector, from, to));
        vm.prank(from);
        store.openChannel(to, _noise(1120, seed), new bytes(65));
    }

    function testOpenChannelToTheUnregistered(address to) external {
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.NotRegistered.selector, to));
        store.openChannel(to, new bytes(1120), new bytes(65));
    }

    function testOpenChannelWrongLengths(uint256 length) external {
        length = bound(length, 0, 2000);
        register(server(1));
        if (length != 1120) {
            vm.expectRevert(_mismatch("ciphertext", length, 1120));
            store.openChannel(server(1), new bytes(length), new bytes(65));
        }
        if (length == 65) ++length;
        vm.expectRevert(_mismatch("signature", length, 65));
        store.openChannel(server(1), new bytes(1120), new bytes(length));
    }

    function _mismatch(string memory what, uint256 actual, uint256 expected) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IMIStoreErrors.LengthMismatch.selector, what, actual, expected);
    }

    function _noise(uint256 length, bytes32 seed) private pure returns (bytes memory noise) {
        while (noise.length < length) {
            seed = keccak256(abi.encode(seed));
            noise = bytes.concat(noise, seed);
        }
        assembly ("memory-safe") {
            mstore(noise, length)
        }
    }
}
