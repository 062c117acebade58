// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/memory_system/dramsim3.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "models/hbm4/memory_system/memory_system.h"

namespace dramsim3 {

namespace {

constexpr std::int64_t kBitsPerPinAndClock = 4;  // Hbm4Config: CK is the pin rate / 4

vr::MemorySystemConfig load(const std::string& config_file) {
    vr::ConfigurationRequest request;
    request.platform = config_file;
    if (const char* home = std::getenv("VRSIM_HOME"); home != nullptr && *home != '\0') {
        request.preset_folders.push_back(std::string(home) + "/models/platforms");
    }
    return vr::load_memory_system(request);
}

}  // namespace

struct MemorySystem::Parts {
    using Callback = std::function<void(std::uint64_t)>;

    Parts(const vr::MemorySystemConfig& its, std::string folder, Callback on_read,
          Callback on_write)
        : config(its),
          output(std::move(folder)),
          read(std::move(on_read)),
          write(std::move(on_write)),
          memory("memory", config, [this](const vr::MemoryCompletion& done) {
              const Callback& callback = done.write ? write : read;
              if (callback) {
                  callback(done.token);
              }
          }) {
        const std::int64_t request = config.door.request_bytes.value;
        const auto access = static_cast<std::int64_t>(memory.core().address_map().access_bytes());
        if (request % access != 0 || config.memory.interleave.value % request != 0) {
            throw vr::InputError(
                vr::Diagnostic{"", 0, 0, fmt::format("memory_system.request_bytes: {} B", request),
                               fmt::format("a multiple of {} B that divides {} B", access,
                                           config.memory.interleave.value),
                               ""});
        }
    }
    [[nodiscard]] std::uint64_t start_of(std::uint64_t address) const {
        return address - address % static_cast<std::uint64_t>(config.door.request_bytes.value);
    }
    [[nodiscard]] std::uint32_t request_bytes() const {
        return static_cast<std::uint32_t>(config.door.request_bytes.value);
    }
    bool add(const vr::MemoryOrder& order) {
        if (!memory.accepts(order.address, order.bytes, order.write)) {
            return false;
        }
        memory.add(order);
        return true;
    }

    vr::MemorySystemConfig config;
    std::string output;
    Callback read, write;
    mutable vr::MemorySystem memory;  // a report brings it up to the present and changes nothing
    std::int64_t cycle = 0;
};

MemorySystem::MemorySystem(const std::string& config_file, const std::string& output_dir,
                           std::function<void(std::uint64_t)> read_callback,
                           std::function<void(std::uint64_t)> write_callback)
    : parts_(std::make_unique<Parts>(load(config_file), output_dir, std::move(read_callback),
                                     std::move(write_callback))) {}

MemorySystem::~MemorySystem() = default;

void MemorySystem::ClockTick() {
    ++parts_->cycle;
    parts_->memory.advance_to(parts_->memory.clock().edge(parts_->cycle));
}

void MemorySystem::RegisterCallbacks(std::function<void(std::uint64_t)> read_callback,
                                     std::function<void(std::uint64_t)> write_callback) {
    parts_->read = std::move(read_callback);
    parts_->write = std::move(write_callback);
}

bool MemorySystem::WillAcceptTransaction(std::uint64_t hex_addr, bool is_write) const {
    return parts_->memory.accepts(parts_->start_of(hex_addr), parts_->request_bytes(), is_write);
}

bool MemorySystem::AddTransaction(std::uint64_t hex_addr, bool is_write) {
    return parts_->add({parts_->start_of(hex_addr), parts_->request_bytes(), is_write, hex_addr});
}

bool MemorySystem::WillAcceptTransaction(std::uint64_t hex_addr, bool is_write,
                                         std::uint32_t bytes) const {
    return parts_->memory.accepts(hex_addr, bytes, is_write);
}

bool MemorySystem::AddTransaction(std::uint64_t hex_addr, bool is_write, std::uint32_t bytes) {
    return parts_->add({hex_addr, bytes, is_write, hex_addr});
}

double MemorySystem::GetTCK() const {
    return 1e9 / static_cast<double>(parts_->memory.clock().frequency().value);
}

int MemorySystem::GetBusBits() const {
    const vr::Hbm4Config& memory = parts_->config.memory;
    return static_cast<int>(8 * memory.access_bytes.value /
                            (kBitsPerPinAndClock * memory.burst.value));
}

int MemorySystem::GetBurstLength() const {
    return static_cast<int>(8 * parts_->config.door.request_bytes.value / GetBusBits());
}

int MemorySystem::GetQueueSize() const {
    const auto& credits = parts_->memory.credits();
    return static_cast<int>((credits[0] + credits[1]) * parts_->config.memory.pseudo_channels());
}

void MemorySystem::PrintStats() const {
    const std::string name = (std::filesystem::path(parts_->output) / "vrsim_memory.txt").string();
    std::ofstream file(name, std::ios::binary);
    file << parts_->memory.report();
    file.flush();
    if (!file) {
        throw vr::UsageError(fmt::format(
            "PrintStats: cannot write {}; give an output folder that exists and may be written to",
            name));
    }
}

void MemorySystem::ResetStats() {
    parts_->memory.reset_report();
}

MemorySystem* GetMemorySystem(const std::string& config_file, const std::string& output_dir,
                              std::function<void(std::uint64_t)> read_callback,
                              std::function<void(std::uint64_t)> write_callback) {
    return new MemorySystem(config_file, output_dir, std::move(read_callback),
                            std::move(write_callback));
}

}  // namespace dramsim3
