// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {LedgerTerms} from "../libraries/LedgerTerms.sol";
import {Runs} from "../libraries/Runs.sol";
import {bound, vm} from "./support/Vm.sol";

/// @title Which edges make runs, and how many records they cover
contract RunsTest {
    /// @dev sign, series, position; small numbers, so that every order occurs.
    struct Step {
        uint8 sign;
        uint64 series;
        uint32 position;
    }

    bytes32 private constant LEAF = "leaf";

    /// @dev Random edges against the definition, read off the whole list: accepted iff it is a list of runs.
    function testAgainstTheDefinition(uint256 seed, uint256 length) external view {
        Step[] memory steps = new Step[](bound(length, 1, 6));
        for (uint256 k = 0; k < steps.length; ++k) {
            uint256 word = uint256(keccak256(abi.encode(seed, k)));
            steps[k] =
                Step(uint8(word % 2), uint64((word >> 8) % 2) + uint64(k / 3), uint32((word >> 16) % 3) + uint32(k));
        }
        (bool valid, uint256 expected) = _covered(steps);
        try this.walk(steps) returns (uint256 count) {
            vm.assertTrue(valid, "these are no runs");
            vm.assertEq(count, expected, "records");
        } catch {
            vm.assertFalse(valid, "these are runs");
        }
    }

    /// @dev Cut into runs from the left: a first edge and a last one above it in the same series, or a last one alone at
    /// the beginning of a series. Series ascend; a run of the same series begins above where the last one ended.
    function _covered(Step[] memory steps) private pure returns (bool valid, uint256 count) {
        (uint256 k, bool any, uint64 series, uint32 end) = (0, false, 0, 0);
        while (k < steps.length) {
            Step memory step = steps[k];
            bool same = any && step.series == series;
            if (any && step.series < series) return (false, 0);
            uint32 from = 0;
            if (step.sign == 0) {
                from = step.position;
                if (from == 0 || (same && from <= end) || ++k == steps.length) return (false, 0);
                if (steps[k].sign != 1 || steps[k].series != step.series) return (false, 0);
            } else if (same) {
                return (false, 0);
            }
            (any, series, end) = (true, step.series, steps[k].position);
            if (end <= from) return (false, 0);
            count += end - from;
            ++k;
        }
        return (true, count);
    }

    function testSignByte(uint8 sign) external {
        sign = uint8(bound(sign, 2, 255));
        _refused(_one(sign, 5, 5), abi.encodeWithSelector(Runs.InvalidSign.selector, 0, sign));
    }

    function testSeriesMustAscend(uint64 series, uint64 lower) external {
        series = uint64(bound(series, 1, type(uint64).max));
        lower = uint64(bound(lower, 0, series - 1));
        Step[] memory steps = _two(1, series, 3, 1, lower, 3);
        _refused(steps, abi.encodeWithSelector(Runs.SeriesNotAscending.selector, lower, series));
        (steps[0].series, steps[1].series) = (lower, series);
        vm.assertEq(this.walk(steps), 6, "ascending");
    }

    /// @dev Overlapping runs, and runs that touch, have positions that do not ascend.
    function testPositionsMustAscend(uint32 end, uint32 position) external {
        end = uint32(bound(end, 1, 2 ** 20));
        position = uint32(bound(position, 0, end));
        _refused(
            _two(1, 7, end, 0, 7, position),
            abi.encodeWithSelector(Runs.PositionNotAscending.selector, 7, position, end)
        );
        _refused(
            _two(0, 7, end, 1, 7, position),
            abi.encodeWithSelector(Runs.PositionNotAscending.selector, 7, position, end)
        );
        _refused(_one(1, 7, 0), abi.encodeWithSelector(Runs.PositionNotAscending.selector, 7, 0, 0));
        _refused(_one(0, 7, 0), abi.encodeWithSelector(Runs.PositionNotAscending.selector, 7, 0, 0));
    }

    function testRunsOpenAndClose() external {
        _refused(_two(1, 7, 2, 1, 7, 4), abi.encodeWithSelector(Runs.RunNotOpen.selector, 7, 4));
        _refused(_two(0, 7, 2, 0, 7, 4), abi.encodeWithSelector(Runs.RunNotClosed.selector, 7, 2));
        _refused(_two(0, 7, 2, 1, 8, 4), abi.encodeWithSelector(Runs.RunNotClosed.selector, 7, 2));
        _refused(_one(0, 7, 2), abi.encodeWithSelector(Runs.RunNotClosed.selector, 7, 2));
        vm.assertEq(this.walk(_one(1, 0, 4)), 4, "series 0 may begin");
    }

    /// @dev At the bound of 2^20 records, by one run and by two.
    function testTooManyRecords(uint32 first) external {
        uint256 most = LedgerTerms.MAX_RECORDS;
        first = uint32(bound(first, 1, most));
        vm.assertEq(this.walk(_one(1, 7, uint32(most))), most, "one run");
        _refused(_one(1, 7, uint32(most + 1)), abi.encodeWithSelector(Runs.TooManyRecords.selector, most + 1, most));
        _refused(
            _one(1, 7, type(uint32).max),
            abi.encodeWithSelector(Runs.TooManyRecords.selector, uint256(type(uint32).max), most)
        );
        Step[] memory steps = _two(1, 7, first, 1, 8, uint32(most + 1 - first));
        _refused(steps, abi.encodeWithSelector(Runs.TooManyRecords.selector, most + 1, most));
        if (first == most) return;
        steps[1].position -= 1;
        vm.assertEq(this.walk(steps), most, "two runs");
    }

    /// @dev A run high up in a series costs only what it covers.
    function testHighPositions(uint32 from, uint32 length) external view {
        from = uint32(bound(from, 1, type(uint32).max - 1));
        length =
            uint32(bound(length, 1, uint256(type(uint32).max) - from > 2 ** 20 ? 2 ** 20 : type(uint32).max - from));
        vm.assertEq(this.walk(_two(0, 7, from, 1, 7, from + length)), length, "records");
    }

    function walk(Step[] calldata steps) external pure returns (uint256) {
        IMIStore.Progress memory progress;
        bytes32 chain = 0;
        for (uint256 k = 0; k < steps.length; ++k) {
            bytes32 leaf = keccak256(abi.encode(LEAF, k));
            chain = keccak256(abi.encodePacked(chain, steps[k].sign, leaf));
            Runs.step(progress, steps[k].sign, steps[k].series, steps[k].position, k, leaf);
            require(progress.chain == chain, "chain");
        }
        Runs.requireClosed(progress);
        return progress.count;
    }

    function _refused(Step[] memory steps, bytes memory reason) private {
        vm.expectRevert(reason);
        this.walk(steps);
    }

    function _one(uint8 sign, uint64 series, uint32 position) private pure returns (Step[] memory steps) {
        steps = new Step[](1);
        steps[0] = Step(sign, series, position);
    }

    function _two(uint8 signA, uint64 seriesA, uint32 positionA, uint8 signB, uint64 seriesB, uint32 positionB)
        private
        pure
        returns (Step[] memory steps)
    {
        steps = new Step[](2);
        steps[0] = Step(signA, seriesA, positionA);
        steps[1] = Step(signB, seriesB, positionB);
    }
}
