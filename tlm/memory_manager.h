// SPDX-License-Identifier: Apache-2.0
// Pools of transactions: the memory managers of the base protocol and of our own protocols. A
// transaction returns to its pool when its last reference is released; outstanding() must be 0 at
// the end of a run. Not modelled: sharing between threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <tlm>
#include <vector>

#include "models/base/error.h"

namespace vr {

/// Pool of generic payloads.
class PayloadPool final : public tlm::tlm_mm_interface {
  public:
    PayloadPool();
    ~PayloadPool() override;
    PayloadPool(const PayloadPool&) = delete;
    PayloadPool& operator=(const PayloadPool&) = delete;
    /// A payload with default attributes and one reference, which the caller releases. Each has a
    /// data buffer of `bytes` bytes of its own, set as its data pointer, length and streaming
    /// width.
    tlm::tlm_generic_payload& acquire(unsigned int bytes);
    /// Payloads that somebody still holds.
    [[nodiscard]] std::size_t outstanding() const { return slots_.size() - free_.size(); }
    /// Payloads ever made: the largest number that was held at once.
    [[nodiscard]] std::size_t size() const { return slots_.size(); }

  private:
    struct Slot;
    void free(tlm::tlm_generic_payload* payload) override;
    std::vector<std::unique_ptr<Slot>> slots_;
    std::vector<Slot*> free_;
};

/// Where a pooled transaction goes back to.
template <class Transaction>
class TransactionHome {
  public:
    virtual void take_back(Transaction& transaction) = 0;

  protected:
    ~TransactionHome() = default;
};

/// Reference counting for transactions of our own protocols, with the names that TLM uses.
/// `Transaction` derives from Pooled<Transaction> and has clear().
template <class Transaction>
class Pooled {
  public:
    void acquire() { ++references_; }
    /// Drops one reference; the last one gives the transaction back to its pool, if it has one.
    void release() {
        ensure(references_ > 0, "a transaction is released more often than acquired");
        if (--references_ == 0 && home_ != nullptr) {
            home_->take_back(static_cast<Transaction&>(*this));
        }
    }
    [[nodiscard]] bool has_mm() const { return home_ != nullptr; }
    [[nodiscard]] int get_ref_count() const { return references_; }
    void set_home(TransactionHome<Transaction>& home) { home_ = &home; }

  private:
    TransactionHome<Transaction>* home_ = nullptr;
    int references_ = 0;
};

/// Pool of transactions of one of our own protocols.
template <class Transaction>
class TransactionPool final : private TransactionHome<Transaction> {
  public:
    TransactionPool() = default;
    TransactionPool(const TransactionPool&) = delete;
    TransactionPool& operator=(const TransactionPool&) = delete;
    /// A cleared transaction with one reference, which the caller releases.
    Transaction& acquire() {
        if (free_.empty()) {
            slots_.push_back(std::make_unique<Transaction>());
            slots_.back()->set_home(*this);
            free_.push_back(slots_.back().get());
        }
        Transaction& transaction = *free_.back();
        free_.pop_back();
        transaction.acquire();
        return transaction;
    }
    [[nodiscard]] std::size_t outstanding() const { return slots_.size() - free_.size(); }
    [[nodiscard]] std::size_t size() const { return slots_.size(); }

  private:
    void take_back(Transaction& transaction) override {
        transaction.clear();
        free_.push_back(&transaction);
    }
    std::vector<std::unique_ptr<Transaction>> slots_;
    std::vector<Transaction*> free_;
};

}  // namespace vr
