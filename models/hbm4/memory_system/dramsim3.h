// SPDX-License-Identifier: Apache-2.0
// A GPU's memory in the shape of the interface that users of DRAMsim3 know, so that a simulator
// which is written for that swaps a header and a link line. Names and signatures only; the memory
// behind them is vrsim's. Plain C++11. Not modelled: output files by epochs; several clocks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace dramsim3 {

/// One clock tick is one CK of the memory. Errors are exceptions that say what is wrong, derived
/// from std::runtime_error: a configuration that cannot be built, an address beyond the memory.
class MemorySystem {
  public:
    /// `config_file` is a platform of vrsim: a TOML file, or the name of a preset in the folder
    /// models/platforms of $VRSIM_HOME. PrintStats() writes into `output_dir` (empty: here).
    MemorySystem(const std::string& config_file, const std::string& output_dir,
                 std::function<void(std::uint64_t)> read_callback,
                 std::function<void(std::uint64_t)> write_callback);
    ~MemorySystem();
    MemorySystem(const MemorySystem&) = delete;
    MemorySystem& operator=(const MemorySystem&) = delete;

    /// Ends a cycle and begins the next; calls back, with its address, each request that completes
    /// at the edge between them.
    void ClockTick();
    /// Takes the place of the callbacks given so far, also for requests that are under way.
    void RegisterCallbacks(std::function<void(std::uint64_t)> read_callback,
                           std::function<void(std::uint64_t)> write_callback);

    /// Whether a request can be added in this cycle.
    bool WillAcceptTransaction(std::uint64_t hex_addr, bool is_write) const;
    /// Adds a request for the `memory_system.request_bytes` (64 B) that `hex_addr` lies in; false,
    /// and nothing happens, where WillAcceptTransaction() is.
    bool AddTransaction(std::uint64_t hex_addr, bool is_write);
    /// The same for a request of `bytes` from `hex_addr` on: whole accesses within one block.
    bool WillAcceptTransaction(std::uint64_t hex_addr, bool is_write, std::uint32_t bytes) const;
    bool AddTransaction(std::uint64_t hex_addr, bool is_write, std::uint32_t bytes);

    /// Nanoseconds of a cycle.
    double GetTCK() const;
    /// Data pins of a pseudo-channel; times GetBurstLength(), the bits of a request.
    int GetBusBits() const;
    int GetBurstLength() const;
    /// Requests that the whole memory holds at most. Whether it takes a certain one is for
    /// WillAcceptTransaction() to say.
    int GetQueueSize() const;
    /// Writes the statistics to the file vrsim_memory.txt.
    void PrintStats() const;
    /// Sums begin again at 0; maxima stay.
    void ResetStats();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// A new memory; the caller deletes it.
MemorySystem* GetMemorySystem(const std::string& config_file, const std::string& output_dir,
                              std::function<void(std::uint64_t)> read_callback,
                              std::function<void(std::uint64_t)> write_callback);

}  // namespace dramsim3
