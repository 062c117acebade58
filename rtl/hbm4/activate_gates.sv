// SPDX-License-Identifier: Apache-2.0
// When each bank group may be activated again: tRRD_L and tRRD_S after an activate, refresh_to_activate
// after the refresh of a bank. Not modelled: refreshes counted in the four-activate window.

module activate_gates
  import hbm4_scheduler_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,
  input  timer_t      rrd_s_i,
  input  timer_t      rrd_l_i,
  input  timer_t      refresh_to_activate_i,
  input  logic        activate_i,
  input  group_t      group_i,
  input  logic        refresh_bank_i,
  output group_mask_t may_activate_o
);

  timer_t left_q[Groups], left_d[Groups];

  always_comb begin
    for (int unsigned g = 0; g < Groups; g++) begin
      may_activate_o[g] = left_q[g] == '0;
    end
  end

  always_comb begin
    for (int unsigned g = 0; g < Groups; g++) begin
      left_d[g] = hold(left_q[g], activate_i || refresh_bank_i,
                       refresh_bank_i ? refresh_to_activate_i :
                       g == 32'(group_i) ? rrd_l_i : rrd_s_i);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q <= '{default: '0};
    end else begin
      left_q <= left_d;
    end
  end

  OnTime_A: assert property (@(posedge clk_i) activate_i |-> may_activate_o[group_i]);

endmodule
