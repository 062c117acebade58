// SPDX-License-Identifier: Apache-2.0
// The SystemVerilog FP64 multiply-adder gives the bits of the golden chains and of the model:
// special values and distances between product and addend, counted, in every rounding; planted
// faults are found.
#include <Vfp64_fma.h>
#include <Vfp64_fma_fault.h>
#include <fmt/format.h>
#include <verilated.h>

#include <array>
#include <catch2/catch.hpp>
#include <iostream>
#include <map>
#include <memory>
#include <vector>

#include "models/base/random.h"
#include "models/numerics/check/vector_check_exact.h"
#include "models/numerics/exact_dot.h"
#include "rtl/runtime/rtl_context.h"

using namespace vr;

namespace {

constexpr std::array kRoundings{Rounding::kNearestEven, Rounding::kTowardZero, Rounding::kDown,
                                Rounding::kUp};

/// One multiply-adder on a context of its own.
template <class Model>
class Adder {
  public:
    explicit Adder(int fault = 0) {
        const std::string argument = fmt::format("+fault={}", fault);
        const char* arguments[] = {"test", argument.c_str()};
        context_.verilated().commandArgs(2, arguments);
        model_ = std::make_unique<Model>(&context_.verilated(), "test");
        model_->rst_ni = 0;
        clock();
        model_->rst_ni = 1;
    }
    ~Adder() { model_->final(); }
    Adder(const Adder&) = delete;
    Adder& operator=(const Adder&) = delete;

    /// `rounding`: an index of kRoundings.
    std::uint64_t operator()(std::uint64_t a, std::uint64_t b, std::uint64_t c,
                             std::size_t rounding = 0) {
        model_->valid_i = 1;
        model_->rounding_i = static_cast<CData>(rounding);
        model_->a_i = a;
        model_->b_i = b;
        model_->c_i = c;
        clock();
        model_->valid_i = 0;
        clock();
        REQUIRE(model_->valid_o == 1);
        return model_->d_o;
    }

  private:
    void clock() {
        model_->clk_i = 0;
        model_->eval();
        model_->clk_i = 1;
        model_->eval();
    }
    RtlContext context_;
    std::unique_ptr<Model> model_;
};

bool is_nan(std::uint64_t code) {
    return decode(NumberFormat::kFp64, code).kind == NumberClass::kNan;
}

struct Count {
    std::uint64_t cases = 0;
    std::uint64_t wrong = 0;
};

template <class Model>
Count run_golden(Adder<Model>& adder) {
    const VectorFile file(VRSIM_SOURCE_DIR "/testbenches/numerics/vectors/dot_fp64.txt.gz");
    Count count;
    for (const VectorLine& line : file.lines()) {
        const Fp64Case given = fp64_case(file, line);
        std::uint64_t d = given.c;
        for (std::size_t i = 0; i < given.a.size(); ++i) {
            d = adder(given.a[i], given.b[i], d);
        }
        ++count.cases;
        count.wrong += d == given.d || (is_nan(d) && is_nan(given.d)) ? 0 : 1;
    }
    return count;
}

constexpr std::array<const char*, 7> kClasses{"zero",    "minus zero", "subnormal", "normal",
                                              "largest", "infinity",   "NaN"};
constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
constexpr std::uint64_t kFraction = (std::uint64_t{1} << 52) - 1;

std::uint64_t code_of(std::size_t kind, int exponent, SplitMix64& random) {
    const std::uint64_t bits = random.next();
    const std::uint64_t sign = bits & kSign;
    // Few bits: ties and cancelling.
    const std::uint64_t some = random.next() & random.next() & random.next();
    const std::uint64_t fraction = (bits & 1U) != 0 ? bits & kFraction : some & kFraction;
    switch (kind) {
        case 0:
            return 0;
        case 1:
            return kSign;
        case 2:
            return sign | std::max<std::uint64_t>(fraction >> (bits >> 2 & 31U), 1);
        case 3:
            return sign | static_cast<std::uint64_t>(exponent + 1023) << 52 | fraction;
        case 4:
            return sign | 0x7fefffffffffffff;
        case 5:
            return sign | 0x7ff0000000000000;
        default:
            return sign | 0x7ff0000000000000 | std::max<std::uint64_t>(fraction, 1);
    }
}

// Distance of the addend's exponent below the product's.
constexpr std::array<int, 13> kDistances{-1000, -108, -54, -53, -2, -1, 0, 1, 2, 52, 53, 107, 1000};
std::size_t bin_of(int distance) {
    std::size_t bin = 0;
    while (bin + 1 < kDistances.size() && distance >= kDistances[bin + 1]) {
        ++bin;
    }
    return bin;
}

int exponent_of(std::uint64_t code) {
    return decode(NumberFormat::kFp64, code).exponent;
}

/// What is driven: each class of each operand, each distance; `see` is told every case.
template <class See>
void directed(std::uint64_t seed, int repeats, See see) {
    SplitMix64 random(seed);
    const auto between = [&](int lowest, int highest) {
        return lowest + static_cast<int>(random.next() >> 8 & 0xffffff) % (highest - lowest + 1);
    };
    for (int repeat = 0; repeat < repeats; ++repeat) {
        for (std::size_t i = 0; i < 7 * 7 * 7; ++i) {
            const std::array kinds{i % 7, i / 7 % 7, i / 49};
            see(code_of(kinds[0], between(-1022, 1023), random),
                code_of(kinds[1], between(-1022, 1023), random),
                code_of(kinds[2], between(-1022, 1023), random));
        }
        for (std::size_t bin = 0; bin < kDistances.size(); ++bin) {
            for (int i = 0; i < 12; ++i) {
                const int to = bin + 1 < kDistances.size() ? kDistances[bin + 1] - 1 : 1100;
                const int distance = between(kDistances[bin], to);
                const int c =
                    between(std::max(-1022, -700 - distance), std::min(1023, 1000 - distance));
                const int a = (c + distance) / 2 + between(-200, 200);
                const int b = c + distance - a;
                if (std::abs(a) < 1022 && std::abs(b) < 1022) {
                    see(code_of(3, a, random), code_of(3, b, random), code_of(3, c, random));
                }
            }
        }
        // The product and what cancels it, but for a few last places; products of short factors are
        // exact.
        for (int i = 0; i < 20; ++i) {
            const std::uint64_t kept = i % 2 == 0 ? ~std::uint64_t{0} : ~0xffffffffULL;
            const std::uint64_t a = code_of(3, between(-500, 500), random) & kept;
            const std::uint64_t b = code_of(3, between(-500, 500), random) & kept;
            const std::uint64_t product = fused_multiply_add(a, b, 0);
            see(a, b, (product ^ kSign) + static_cast<std::uint64_t>(between(-2, 2)));
        }
    }
}

}  // namespace

TEST_CASE("golden FP64 chains pass the multiply-adder, bit for bit") {
    Adder<Vfp64_fma> adder;
    const Count count = run_golden(adder);
    CHECK(count.cases == 800);
    CHECK(count.wrong == 0);
}

TEST_CASE("FP64 multiply-add: RTL and model agree in special values, distances and roundings",
          "[coverage]") {
    Adder<Vfp64_fma> adder;
    std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> classes;  // operand, class
    std::array<std::uint64_t, kDistances.size()> distances{};
    std::uint64_t cases = 0;
    std::uint64_t wrong = 0;
    std::uint64_t subnormal = 0;
    std::uint64_t infinite = 0;
    std::uint64_t cancelled = 0;
    directed(1, 60, [&](std::uint64_t a, std::uint64_t b, std::uint64_t c) {
        const std::array operands{a, b, c};
        for (std::size_t i = 0; i < operands.size(); ++i) {
            const std::uint64_t magnitude = operands[i] & ~kSign;
            const std::size_t kind = magnitude == 0                    ? operands[i] >> 63
                                     : magnitude <= kFraction          ? 2
                                     : magnitude < 0x7fefffffffffffff  ? 3
                                     : magnitude == 0x7fefffffffffffff ? 4
                                     : magnitude == 0x7ff0000000000000 ? 5
                                                                       : 6;
            ++classes[{i, kind}];
        }
        const auto finite = [](std::uint64_t code) {
            return decode(NumberFormat::kFp64, code).kind == NumberClass::kFinite;
        };
        if (finite(a) && finite(b) && finite(c)) {
            ++distances[bin_of(exponent_of(a) + exponent_of(b) - exponent_of(c))];
        }
        for (std::size_t i = 0; i < kRoundings.size(); ++i) {
            const std::uint64_t expected = fused_multiply_add(a, b, c, kRoundings[i]);
            const std::uint64_t got = adder(a, b, c, i);
            if (got != expected && wrong++ == 0) {
                FAIL_CHECK(
                    fmt::format("{:016x} * {:016x} + {:016x}, rounding {}: expected "
                                "{:016x}, got {:016x}",
                                a, b, c, i, expected, got));
            }
            const std::uint64_t magnitude = got & ~kSign;
            subnormal += magnitude != 0 && magnitude <= kFraction ? 1 : 0;
            infinite += magnitude == 0x7ff0000000000000 && finite(a) && finite(b) && finite(c);
            cancelled += magnitude == 0 && finite(a) && finite(b) && finite(c) ? 1 : 0;
            ++cases;
        }
    });
    CHECK(wrong == 0);
    std::string table = fmt::format("fp64 multiply-add: {} cases in lock step\n{:<12}", cases, "");
    for (const char* name : {"a", "b", "c"}) {
        table += fmt::format("{:>9}", name);
    }
    for (std::size_t kind = 0; kind < kClasses.size(); ++kind) {
        table += fmt::format("\n{:<12}", kClasses[kind]);
        for (std::size_t operand = 0; operand < 3; ++operand) {
            const std::uint64_t count = classes[{operand, kind}];
            table += fmt::format("{:>9}", count);
            CHECK(count > 0);
        }
    }
    table += "\naddend below the product by";
    for (std::size_t bin = 0; bin < kDistances.size(); ++bin) {
        table += fmt::format(" {}..:{}", kDistances[bin], distances[bin]);
        CHECK(distances[bin] > 0);
    }
    std::cout << table << '\n';
    CHECK(subnormal > 100);
    CHECK(infinite > 100);
    CHECK(cancelled > 100);
}

TEST_CASE("every planted fault of the multiply-adder is found") {
    struct Fault {
        int number;
        const char* name;
    };
    const std::vector<Fault> faults{
#include "planted_faults.inc"
    };
    CHECK(faults.size() == 11);
    int by_golden = 0;
    std::string table = fmt::format("{:<52}{:>9}{:>10}\n", "planted fault", "golden", "directed");
    for (const Fault& fault : faults) {
        Adder<Vfp64_fma_fault> adder(fault.number);
        const std::uint64_t golden = run_golden(adder).wrong;
        std::uint64_t wrong = 0;
        directed(2, 8, [&](std::uint64_t a, std::uint64_t b, std::uint64_t c) {
            for (std::size_t i = 0; i < kRoundings.size(); ++i) {
                wrong += adder(a, b, c, i) != fused_multiply_add(a, b, c, kRoundings[i]) ? 1 : 0;
            }
        });
        table += fmt::format("{:<52}{:>9}{:>10}\n", fault.name, golden, wrong);
        INFO(fault.name);
        CHECK(wrong > 0);
        by_golden += golden > 0 ? 1 : 0;
    }
    std::cout << table;
    CHECK(by_golden == 5);
    Adder<Vfp64_fma_fault> none;
    CHECK(run_golden(none).wrong == 0);
}
