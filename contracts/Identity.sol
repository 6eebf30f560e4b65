// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "./IMIStore.sol";

/// @title Published keys and channels
/// @dev Keys, ciphertexts and signatures are opaque here: only their lengths are checked. They live in the events. The
/// chain knows its caller; readers, who know only what an endpoint shows them, check the signatures.
abstract contract Identity is IMIStore {
    uint256 private constant KEM_KEY_BYTES = 1216;
    uint256 private constant CIPHERTEXT_BYTES = 1120;
    uint256 private constant SIGNATURE_BYTES = 65;

    /// @inheritdoc IMIStore
    mapping(address account => bytes32) public kemKeyHash;
    /// @inheritdoc IMIStore
    mapping(address from => mapping(address to => bytes32)) public channelOpened;

    /// @inheritdoc IMIStore
    function register(bytes calldata kemKey, bytes calldata signature) external {
        _requireLength("kemKey", kemKey, KEM_KEY_BYTES);
        _requireLength("signature", signature, SIGNATURE_BYTES);
        if (kemKeyHash[msg.sender] != 0) revert AlreadyRegistered(msg.sender);
        kemKeyHash[msg.sender] = keccak256(kemKey);
        emit Registered(msg.sender, kemKey, signature);
    }

    /// @inheritdoc IMIStore
    function openChannel(address to, bytes calldata ciphertext, bytes calldata signature) external {
        _requireLength("ciphertext", ciphertext, CIPHERTEXT_BYTES);
        _requireLength("signature", signature, SIGNATURE_BYTES);
        if (kemKeyHash[to] == 0) revert NotRegistered(to);
        if (channelOpened[msg.sender][to] != 0) revert ChannelExists(msg.sender, to);
        channelOpened[msg.sender][to] = keccak256(ciphertext);
        emit ChannelOpened(msg.sender, to, ciphertext, signature);
    }

    function _requireLength(string memory what, bytes calldata data, uint256 expected) private pure {
        if (data.length != expected) revert LengthMismatch(what, data.length, expected);
    }
}
