// SPDX-License-Identifier: Apache-2.0
// Which parameters of the memory belong to something that is off.
#include <fmt/format.h>

#include <initializer_list>

#include "models/hbm4/hbm4_config.h"

namespace vr {

std::vector<std::pair<std::string, std::string>> Hbm4Config::without_effect() const {
    std::vector<std::pair<std::string, std::string>> found;
    const auto unless = [&](bool used, const char* key, const std::string& value,
                            std::initializer_list<const char*> keys) {
        if (!used) {
            for (const char* unused : keys) {
                found.emplace_back(unused, fmt::format("{} = {}", key, value));
            }
        }
    };
    unless(refresh == "per_bank", "refresh", refresh, {"t_rfc_per_bank", "refresh_order"});
    unless(refresh == "all_bank", "refresh", refresh, {"t_rfc_all_bank"});
    unless(refresh != "none", "refresh", refresh, {"t_refi", "refresh_postpone", "refresh_scale"});
    unless(refresh_management != "none", "refresh_management", refresh_management,
           {"raa_initial", "raa_maximum", "raa_per_refresh"});
    unless(refresh_management == "rfm", "refresh_management", refresh_management, {"t_rfm"});
    unless(refresh_management == "drfm", "refresh_management", refresh_management, {"t_drfm"});
    unless(power_down != "none", "power_down", power_down, {"power_down_after"});
    unless(power_down == "power_down", "power_down", power_down, {"t_pd", "t_xp"});
    unless(power_down == "self_refresh", "power_down", power_down, {"t_sr", "t_xs"});
    unless(page_policy == "adaptive", "page_policy", page_policy, {"page_timeout"});
    unless(scheduler == "first_ready_capped", "scheduler", scheduler, {"row_hit_cap"});
    unless(hash, "hash", "false", {"hash_function"});
    return found;
}

}  // namespace vr
