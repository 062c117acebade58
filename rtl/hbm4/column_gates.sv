// SPDX-License-Identifier: Apache-2.0
// When each bank group may take the next column: tCCD between commands of a kind (same group, same stack
// id, another), tWTR and tRTW between kinds. Not modelled: the data bus itself, which the distances keep
// free (section 7).

module column_gates
  import hbm4_scheduler_pkg::*;
(
  input  logic           clk_i,
  input  logic           rst_ni,
  input  column_timing_t timing_i,
  input  logic [2:0]     group_bits_i,
  input  logic           column_i,
  input  logic           write_i,
  input  group_t         group_i,
  output group_mask_t    may_read_o,
  output group_mask_t    may_write_o
);

  timer_t read_q[Groups], read_d[Groups];
  timer_t write_q[Groups], write_d[Groups];

  always_comb begin
    for (int unsigned g = 0; g < Groups; g++) begin
      may_read_o[g]  = read_q[g] == '0;
      may_write_o[g] = write_q[g] == '0;
    end
  end

  timer_t alike;       // to a command of the same kind
  timer_t after_write; // from write to read
  logic   same_group;
  logic   same_stack;

  always_comb begin
    alike       = '0;
    after_write = '0;
    same_group  = 1'b0;
    same_stack  = 1'b0;
    for (int unsigned g = 0; g < Groups; g++) begin
      same_group  = g == 32'(group_i);
      same_stack  = g >> group_bits_i == 32'(group_i) >> group_bits_i;
      alike       = same_group ? timing_i.ccd_l[write_i] :
                    same_stack ? timing_i.ccd_s[write_i] : timing_i.ccd_r[write_i];
      after_write = same_group ? timing_i.write_to_read_l : timing_i.write_to_read_s;
      read_d[g]   = hold(read_q[g], column_i, write_i ? after_write : alike);
      write_d[g]  = hold(write_q[g], column_i, write_i ? alike : timing_i.rtw);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      read_q  <= '{default: '0};
      write_q <= '{default: '0};
    end else begin
      read_q  <= read_d;
      write_q <= write_d;
    end
  end

  OnTime_A: assert property (
    @(posedge clk_i) column_i |-> (write_i ? may_write_o[group_i] : may_read_o[group_i]));

endmodule
