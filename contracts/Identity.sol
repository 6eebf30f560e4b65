// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "./IMIStore.sol";

/// @title Published keys and channels
/// @dev Keys and ciphertexts are opaque here: only their lengths are checked. They live in the events.
abstract contract Identity is IMIStore {
    uint256 private constant KEM_KEY_BYTES = 1216;
    uint256 private constant CIPHERTEXT_BYTES = 1120;

    /// @inheritdoc IMIStore
    mapping(address account => bytes32) public kemKeyHash;
    /// @inheritdoc IMIStore
    mapping(address from => mapping(address to => bool)) public channelOpened;

    /// @inheritdoc IMIStore
    function register(bytes calldata kemKey) external {
        if (kemKey.length != KEM_KEY_BYTES) revert LengthMismatch("kemKey", kemKey.length, KEM_KEY_BYTES);
        if (kemKeyHash[msg.sender] != 0) revert AlreadyRegistered(msg.sender);
        kemKeyHash[msg.sender] = keccak256(kemKey);
        emit Registered(msg.sender, kemKey);
    }

    /// @inheritdoc IMIStore
    function openChannel(address to, bytes calldata ciphertext) external {
        if (ciphertext.length != CIPHERTEXT_BYTES) {
            revert LengthMismatch("ciphertext", ciphertext.length, CIPHERTEXT_BYTES);
        }
        if (kemKeyHash[to] == 0) revert NotRegistered(to);
        if (channelOpened[msg.sender][to]) revert ChannelExists(msg.sender, to);
        channelOpened[msg.sender][to] = true;
        emit ChannelOpened(msg.sender, to, ciphertext);
    }
}
