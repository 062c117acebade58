// SPDX-License-Identifier: Apache-2.0
// When each bank group may take a command of one kind again, an activate or the refresh of a bank:
// distances from the last activates and refreshes in the group and in others. Not modelled: refreshes
// counted in the four-activate window.

module group_gates
  import hbm4_scheduler_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,
  // Distances, of the same group no shorter than of another.
  input  timer_t      activate_same_i,
  input  timer_t      activate_other_i,
  input  timer_t      refresh_same_i,
  input  timer_t      refresh_other_i,
  input  logic        activate_i,
  input  logic        refresh_bank_i,
  input  group_t      group_i,
  output group_mask_t may_go_o
);

  timer_t left_q[Groups], left_d[Groups];

  always_comb begin
    for (int unsigned g = 0; g < Groups; g++) begin
      may_go_o[g] = left_q[g] == '0;
    end
  end

  always_comb begin
    for (int unsigned g = 0; g < Groups; g++) begin
      left_d[g] = hold(left_q[g], activate_i || refresh_bank_i,
                       refresh_bank_i ?
                         (g == 32'(group_i) ? refresh_same_i : refresh_other_i) :
                         (g == 32'(group_i) ? activate_same_i : activate_other_i));
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q <= '{default: '0};
    end else begin
      left_q <= left_d;
    end
  end

  OneAtATime_A: assert property (@(posedge clk_i) !(activate_i && refresh_bank_i));

endmodule
