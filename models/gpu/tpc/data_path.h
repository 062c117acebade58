// SPDX-License-Identifier: Apache-2.0
// The functional side of the SMs: bytes move from memory through shared memory, tensor core and
// tensor memory and back, once per instruction, when timing says that it is complete. It never
// influences time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/gpu/accumulation_rule.h"
#include "models/gpu/sm/tma/box_walk.h"
#include "models/gpu/tile_program/tile_program.h"
#include "models/numerics/contract.h"
#include "models/numerics/tile_multiplier.h"
#include "models/transport/sparse_memory.h"
#include "models/transport/state_hasher.h"

namespace vr {

/// Where a planted bit flip strikes (tests and fault studies).
enum class FaultSite : std::uint8_t { kSharedMemory, kTensorMemoryScale, kTensorMemory };
struct DataFault {
    FaultSite site = FaultSite::kSharedMemory;
    std::uint32_t sm = 0;
    /// Struck at the n-th (from 0) landing, scale copy or accumulator read of that SM
    std::uint64_t occurrence = 0;
    /// Offset: in shared memory, in the scale area, in the accumulator
    std::uint64_t byte = 0;
    unsigned bit = 0;
};

/// Where a product's operands and result lie at the moment.
struct ProductSlots {
    std::uint64_t a = 0;  ///< address in shared memory of the slots that hold A and B
    std::uint64_t b = 0;
    std::int64_t a_slot = 0;       ///< number of that slot
    std::int64_t accumulator = 0;  ///< number of the accumulator buffer
    bool first = true;             ///< accumulators start from zero
    std::int64_t k_bytes_left = 0;
};

class DataPath {
  public:
    /// `architecture` names the accumulation contract: "blackwell", "rubin", "rubin_two_steps"
    /// (models/numerics); `changes` are of its rules.
    DataPath(SparseMemory& memory, std::size_t sms, std::string architecture,
             AccumulationRuleConfig changes);

    /// Says when and for which operator the next moves are.
    void use(const MemoryUse& use) { memory_.use(use); }
    /// A load has landed: box -> shared memory (zeros where the box leaves the tensor).
    void land(std::uint32_t sm, const TileProgram& program, const TileOperand& operand,
              const MemoryBox& box, std::uint64_t shared_address);
    /// One slot's worth of multiply-adds of a group (one or two SMs).
    void multiply(std::uint32_t first_sm, const TileProgram& program, const MatrixProduct& product,
                  const ProductSlots& slots);
    /// Accumulator columns -> converted elements in shared memory (one chunk of the epilogue).
    /// Attention: divided by the sums of its rows; behind the last column of a partial result,
    /// these sums and what they are counted from.
    void convert(std::uint32_t sm, const TileProgram& program, const MatrixProduct& product,
                 std::int64_t tile, std::int64_t accumulator, std::int64_t first_column,
                 std::uint64_t shared_address);
    /// Attention's running softmax: scores in tensor memory -> probabilities in shared memory, and
    /// what the output so far is to be multiplied by.
    void weigh_scores(std::uint32_t sm, const TileProgram& program, std::size_t score_product,
                      std::int64_t tile, std::int64_t round, std::int64_t score_slot,
                      std::int64_t weight_slot);
    /// Experts' rows of one token, weighted and summed, in place of the first.
    void apply_combine(std::uint32_t sm, const TileProgram& program, std::uint64_t slot_address);
    /// The rows that the routing in memory asks for, as TileOperand::row_list. Throws InputError
    /// when its counts are not those of the operator; where the memory may have faults, surplus
    /// choices go nowhere and missing rows come from nowhere instead.
    const std::vector<std::int32_t>& routed_rows(const TileProgram& program);
    /// Element function on a landed chunk (copy, add, ...): inputs at `first` and `second` in
    /// shared memory.
    void apply(std::uint32_t sm, const TileProgram& program, std::uint64_t first,
               std::uint64_t second, std::uint64_t result, std::int64_t bytes);
    /// A function of rows on the landed boxes of a slot; results go to the places of its stores.
    void apply_rows(std::uint32_t sm, const TileProgram& program, std::uint64_t slot_address);
    /// A store has read shared memory: shared memory -> box.
    void store(std::uint32_t sm, const TileOperand& operand, const MemoryBox& box,
               std::uint64_t shared_address);

    /// Tiles of SM i are multiplied by `by_sm[i]` from now on; these outlive the run.
    void multiply_with(std::vector<TileMultiplier*> by_sm) { multipliers_ = std::move(by_sm); }

    /// Everything that all SMs share (tpc_state.cpp), and what one SM holds.
    void state(StateHasher& out) const;
    void state_of_sm(std::size_t sm, StateHasher& out) const;
    [[nodiscard]] std::size_t sms() const { return sms_.size(); }

    void plant(const DataFault& fault) { faults_.push_back(fault); }
    /// Corners of the accumulation rules that a run touched (models/numerics).
    [[nodiscard]] Corners corners() const { return corners_; }

  private:
    struct SmImage {
        std::vector<std::uint8_t> shared;
        std::vector<std::uint8_t> scales;  // in tensor memory, as copied: atoms of A, then of B
        std::vector<std::vector<std::uint32_t>> accumulators;  // by slot: rows x columns, FP32 bits
        struct RowState {                                      // of attention's softmax
            float reference = 0;
            float sum = 0;  // 0: no key seen
            static constexpr auto state_members() {
                return vr::state_members(&RowState::reference, &RowState::sum);
            }
        };
        std::map<std::int64_t, std::vector<RowState>> softmax;  // by softmax_key()
        std::vector<std::vector<float>> rescale;  // by slot of probabilities: a factor per row
        std::uint64_t landings = 0;
        std::uint64_t scale_copies = 0;
        std::uint64_t reads = 0;
    };
    [[nodiscard]] const DotContract& contract(TensorType type);
    /// Flips the planted bits of a site, if this is their occurrence.
    void strike(FaultSite site, std::uint32_t sm, std::uint64_t occurrence, std::uint8_t* bytes,
                std::size_t size);
    void copy_scales(std::uint32_t sm, const TileProgram& program, const MatrixProduct& product,
                     std::uint64_t slot_address);
    // data_path_attention.cpp
    static void rescale(const std::vector<float>& factors, std::vector<std::uint32_t>& sums);
    [[nodiscard]] static std::int64_t softmax_key(std::int64_t tile, const MatrixProduct& product) {
        return tile * kMostParts + product.part;
    }
    [[nodiscard]] static float softmax_sum(const SmImage& image, std::int64_t key,
                                           std::int64_t row);
    static void write_row_sums(SmImage& image, std::int64_t key, std::int64_t rows,
                               std::uint8_t* out);
    SparseMemory& memory_;
    std::map<TensorType, DotContract> contracts_;
    std::map<std::uint32_t, std::vector<std::int32_t>> routed_;  // by operator
    std::vector<SmImage> sms_;
    ModelMultiplier model_;
    std::vector<TileMultiplier*> multipliers_;  // by SM; empty: the model
    std::vector<DataFault> faults_;
    std::string architecture_;
    AccumulationRuleConfig changes_;
    Corners corners_;
};

}  // namespace vr
