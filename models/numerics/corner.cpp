// SPDX-License-Identifier: Apache-2.0
// Texts of the open corners.
// Not modelled: see corner.h.
#include "models/numerics/corner.h"

namespace vr {

std::string_view corner_text(Corner corner) {
    switch (corner) {
        case Corner::kZeroAccumulatorFloor:
            return "accumulator 0 with all products below 2^-126: published models differ on the "
                   "smallest alignment exponent";
        case Corner::kZeroGroup:
            return "an FP4 group that sums to zero set the alignment exponent: published models "
                   "differ";
        case Corner::kZeroElement:
            return "a zero element met a huge one: its product takes no part in the alignment here";
        case Corner::kZeroSign:
            return "sign of a zero result (cut negative sum, or zeros only with c = -0): +0 here";
        case Corner::kInfiniteFp4Accumulator:
            return "FP4 instruction with an infinite accumulator: the result is the accumulator "
                   "here";
        case Corner::kTf32Payload:
            return "TF32 NaN with its payload in the ignored bits: taken as infinity here";
        case Corner::kRubinFusedStep:
            return "Rubin: all products of a K-doubled instruction are aligned together "
                   "(assumption)";
        case Corner::kRubinTwoSteps:
            return "Rubin: a K-doubled instruction is two Blackwell steps in a row (assumption)";
        case Corner::kRubinRule:
            return "Rubin: fraction bits, rounding and special values as on Blackwell (assumption)";
        case Corner::kNarrowElement:
            return "4- or 6-bit elements in an 8-bit kind: the rule of FP8 with the element's own "
                   "subnormals (assumption)";
        case Corner::kF8HalfAccumulator:
            return "FP8 with fp16 accumulators: rows measured through mma.sync do not fit this "
                   "rule, which is that of wgmma and tcgen05";
        case Corner::kUe5m3Scale:
            return "UE5M3 scales: bias 15, no infinity, ff is NaN, subnormals (assumption)";
        case Corner::kRubinNarrow:
            return "Rubin: 4- and 6-bit elements in 8-bit kinds add like FP8 at the K they are "
                   "given (assumption)";
        case Corner::kRubinExactKinds:
            return "Rubin: FP64 and integer instructions as on Blackwell, ti16 as its format says "
                   "(assumption)";
        case Corner::kRuleSwitched:
            return "a switch changed the accumulation rule: no GPU is known to have it";
        case Corner::kCount:
            break;
    }
    return "";
}

std::vector<Corner> corner_list(Corners corners) {
    std::vector<Corner> out;
    for (unsigned i = 0; i < static_cast<unsigned>(Corner::kCount); ++i) {
        if (corners.has(static_cast<Corner>(i))) {
            out.push_back(static_cast<Corner>(i));
        }
    }
    return out;
}

}  // namespace vr
