// SPDX-License-Identifier: Apache-2.0
// Outputs of a machine in the order in which they came, stored once however many hold a part of
// them: what fast-forward repeats. In blocks, so that growth moves nothing. For one host thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "models/base/error.h"

namespace vr {

/// The log. Its parts outlive it; copies of it share what they have in common.
template <class Output>
class OutputLog {
    using Block = std::vector<Output>;
    using Blocks = std::vector<std::shared_ptr<Block>>;
    static constexpr std::size_t kBlock = 4096;  // outputs

  public:
    /// Consecutive outputs; what comes into the log later changes nothing in them.
    class Part {
      public:
        Part() = default;
        [[nodiscard]] std::size_t size() const { return size_; }
        /// Calls fn(const Output&) for every output, in order.
        template <class Fn>
        void for_each(Fn&& fn) const {
            std::size_t from = first_;
            std::size_t left = size_;
            for (const std::shared_ptr<Block>& block : blocks_) {
                const std::size_t to = std::min(kBlock, from + left);
                for (std::size_t i = from; i < to; ++i) {
                    fn(std::as_const((*block)[i]));
                }
                left -= to - from;
                from = 0;
            }
        }

      private:
        friend class OutputLog;
        Blocks blocks_;
        std::size_t first_ = 0;  // of the first block
        std::size_t size_ = 0;
    };

    [[nodiscard]] std::size_t size() const { return size_; }
    void append(const std::vector<Output>& outputs) {
        for (std::size_t done = 0; done < outputs.size();) {
            const std::size_t in_block = size_ % kBlock;
            if (in_block == 0) {
                add_block();
            } else if (blocks_.back().use_count() > 1) {  // others hold its beginning
                own_last_block(in_block);
            }
            const std::size_t count = std::min(kBlock - in_block, outputs.size() - done);
            const auto from = outputs.begin() + static_cast<std::ptrdiff_t>(done);
            blocks_.back()->insert(blocks_.back()->end(), from,
                                   from + static_cast<std::ptrdiff_t>(count));
            size_ += count;
            done += count;
        }
    }
    /// The outputs from `first` on.
    [[nodiscard]] Part since(std::size_t first) const {
        ensure(first <= size_, "output log: outputs from {} on of {}", first, size_);
        Part part;
        part.blocks_.assign(blocks_.begin() + static_cast<std::ptrdiff_t>(first / kBlock),
                            blocks_.end());
        part.first_ = first % kBlock;
        part.size_ = size_ - first;
        return part;
    }
    void clear() {
        for (std::shared_ptr<Block>& block : blocks_) {
            if (block.use_count() == 1) {
                block->clear();
                spare_.push_back(std::move(block));
            }
        }
        blocks_.clear();
        size_ = 0;
    }

  private:
    void add_block() {
        while (!spare_.empty()) {
            const std::shared_ptr<Block> block = std::move(spare_.back());
            spare_.pop_back();
            if (block.use_count() == 1) {  // else a copy of this log has it too
                blocks_.push_back(block);
                return;
            }
        }
        blocks_.push_back(std::make_shared<Block>());
        blocks_.back()->reserve(kBlock);
    }
    void own_last_block(std::size_t count) {
        const std::shared_ptr<Block> shared = std::move(blocks_.back());
        blocks_.pop_back();
        add_block();
        blocks_.back()->assign(shared->begin(),
                               shared->begin() + static_cast<std::ptrdiff_t>(count));
    }

    Blocks blocks_;
    Blocks spare_;  // empty
    std::size_t size_ = 0;
};

}  // namespace vr
