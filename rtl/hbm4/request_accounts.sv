// SPDX-License-Identifier: Apache-2.0
// Where the time of each request of one queue goes (section 8), and how it met its bank; by slot of the
// queue. Not modelled: the time of the data, which follows from the latencies.

module request_accounts
  import hbm4_scheduler_pkg::*;
#(
  parameter int unsigned Slots = 64,
  localparam type slot_t = logic [$clog2(Slots)-1:0]
) (
  input  logic         clk_i,
  input  tick_t        tick_i,
  // Admission: what is left of its bank's refresh and of its row's activate.
  input  logic         admit_i,
  input  slot_t        new_slot_i,
  input  logic [31:0]  tag_i,
  input  tick_t        arrival_i,
  input  timer_t       refresh_left_i,
  input  timer_t       row_left_i,
  // The queue by place, this tick's admission included.
  input  depth_t       count_i,
  input  slot_t        slot_i[Slots],
  input  bank_t        bank_i[Slots],
  input  row_t         row_i[Slots],
  // Row command of this tick; `asker_i`: for the request in `asker_slot_i`, of this queue.
  input  row_sent_t    row_sent_i,
  input  logic         for_request_i,  // and no refresh
  input  logic         asker_i,
  input  slot_t        asker_slot_i,
  input  timer_t       rcd_i,
  input  timer_t       rp_i,
  input  timer_t       rfc_all_bank_i,
  input  timer_t       rfc_per_bank_i,
  // Column of this tick.
  input  logic         serve_i,
  input  slot_t        served_slot_i,
  // Of the request that is served.
  output logic [31:0]  tag_o,
  output tick_t        age_ticks_o,  // since its arrival
  output tick_t        queue_ticks_o,
  output tick_t        refresh_ticks_o,
  output tick_t        row_ticks_o,
  output outcome_e     outcome_o
);

  logic [31:0]       tag_q[Slots];
  tick_t             arrival_q[Slots];
  tick_t             queue_q[Slots];
  // Packed: Verilator would write out a copy of another array element by element.
  tick_t [Slots-1:0] refresh_q, refresh_d;
  tick_t [Slots-1:0] row_q, row_d;
  logic  [Slots-1:0] started_q, started_d;
  logic  [Slots-1:0] activated_q, activated_d;
  logic  [Slots-1:0] precharged_q, precharged_d;

  // Of the request that is served, which may be admitted in this tick.
  logic  is_new;
  tick_t arrival;
  tick_t refresh;
  tick_t row;
  logic  first;

  assign is_new  = admit_i && served_slot_i == new_slot_i;
  assign arrival = is_new ? arrival_i : arrival_q[served_slot_i];
  assign refresh = is_new ? tick_t'(refresh_left_i) : refresh_q[served_slot_i];
  assign row     = is_new ? tick_t'(row_left_i) : row_q[served_slot_i];
  assign first   = is_new || !started_q[served_slot_i];

  assign tag_o           = is_new ? tag_i : tag_q[served_slot_i];
  assign age_ticks_o     = tick_i - arrival;
  assign queue_ticks_o   = first ? age_ticks_o - refresh - row : queue_q[served_slot_i];
  assign refresh_ticks_o = refresh;
  assign row_ticks_o     = row;

  always_comb begin
    outcome_o = OutcomeHit;
    if (!is_new && precharged_q[served_slot_i]) begin
      outcome_o = OutcomeConflict;
    end else if (!is_new && activated_q[served_slot_i]) begin
      outcome_o = OutcomeMiss;
    end
  end

  // A row command costs some requests time.
  slot_t slot;
  logic  of_bank;

  always_comb begin
    slot         = '0;
    of_bank      = 1'b0;
    refresh_d    = refresh_q;
    row_d        = row_q;
    started_d    = started_q;
    activated_d  = activated_q;
    precharged_d = precharged_q;
    if (admit_i) begin
      refresh_d[new_slot_i]    = tick_t'(refresh_left_i);
      row_d[new_slot_i]        = tick_t'(row_left_i);
      started_d[new_slot_i]    = 1'b0;
      activated_d[new_slot_i]  = 1'b0;
      precharged_d[new_slot_i] = 1'b0;
    end
    if (serve_i) begin
      started_d[served_slot_i] = 1'b1;
    end
    if (row_sent_i.valid) begin
      for (int unsigned i = 0; i < Slots; i++) begin
        if (i < 32'(count_i)) begin
          slot    = slot_i[i];
          of_bank = bank_i[i] == row_sent_i.bank;
          unique case (row_sent_i.command)
            RowActivate:
              if (of_bank && row_i[i] == row_sent_i.row && !started_d[slot]) begin
                row_d[slot] = row_d[slot] + tick_t'(rcd_i);
              end
            RowPrecharge:
              if (of_bank && for_request_i && !started_d[slot]) begin
                row_d[slot] = row_d[slot] + tick_t'(rp_i);
              end
            RowRefreshBank:
              if (of_bank) begin
                refresh_d[slot] = refresh_d[slot] + tick_t'(rfc_per_bank_i);
              end
            RowRefreshAll: refresh_d[slot] = refresh_d[slot] + tick_t'(rfc_all_bank_i);
            RowPrechargeAll: ;
          endcase
        end
      end
      if (asker_i && row_sent_i.command == RowActivate) begin
        activated_d[asker_slot_i] = 1'b1;
      end
      if (asker_i && row_sent_i.command == RowPrecharge) begin
        precharged_d[asker_slot_i] = 1'b1;
      end
    end
  end

  // No reset: read for requests in the queue only.
  always_ff @(posedge clk_i) begin
    if (admit_i) begin
      tag_q[new_slot_i]     <= tag_i;
      arrival_q[new_slot_i] <= arrival_i;
    end
    if (serve_i) begin
      queue_q[served_slot_i] <= queue_ticks_o;
    end
    refresh_q    <= refresh_d;
    row_q        <= row_d;
    started_q    <= started_d;
    activated_q  <= activated_d;
    precharged_q <= precharged_d;
  end

  // Nobody is charged more than the time there was.
  SharesFit_A: assert property (@(posedge clk_i) serve_i |-> !queue_ticks_o[31]);

endmodule
