// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {Fixture} from "./support/Fixture.sol";
import {bound, vm} from "./support/Vm.sol";

/// @title register and openChannel
contract IdentityTest is Fixture {
    function testRegister(address account, bytes32 seed) external {
        bytes memory kemKey = _noise(1216, seed);
        vm.expectEmit(address(store));
        emit IMIStore.Registered(account, kemKey);
        vm.prank(account);
        store.register(kemKey);
        vm.assertEq(store.kemKeyHash(account), keccak256(kemKey), "hash of the key");
    }

    function testRegisterTwice(address account, bytes32 seed) external {
        register(account);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.AlreadyRegistered.selector, account));
        vm.prank(account);
        store.register(_noise(1216, seed));
    }

    function testRegisterWrongLength(uint256 length) external {
        length = bound(length, 0, 2000);
        if (length == 1216) return;
        vm.expectRevert(abi.encodeWithSelector(IMIStore.LengthMismatch.selector, "kemKey", length, 1216));
        store.register(new bytes(length));
    }

    function testOpenChannel(address from, address to, bytes32 seed) external {
        register(to);
        bytes memory ciphertext = _noise(1120, seed);
        vm.expectEmit(address(store));
        emit IMIStore.ChannelOpened(from, to, ciphertext);
        vm.prank(from);
        store.openChannel(to, ciphertext);
        vm.assertTrue(store.channelOpened(from, to), "opened");
        if (from != to) vm.assertFalse(store.channelOpened(to, from), "one direction only");
    }

    function testOpenChannelTwice(address from, address to) external {
        register(to);
        openChannel(from, to);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.ChannelExists.selector, from, to));
        vm.prank(from);
        store.openChannel(to, new bytes(1120));
    }

    function testOpenChannelToTheUnregistered(address to) external {
        vm.expectRevert(abi.encodeWithSelector(IMIStore.NotRegistered.selector, to));
        store.openChannel(to, new bytes(1120));
    }

    function testOpenChannelWrongLength(uint256 length) external {
        length = bound(length, 0, 2000);
        if (length == 1120) return;
        register(server(1));
        vm.expectRevert(abi.encodeWithSelector(IMIStore.LengthMismatch.selector, "ciphertext", length, 1120));
        store.openChannel(server(1), new bytes(length));
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
