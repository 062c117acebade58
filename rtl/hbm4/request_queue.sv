// SPDX-License-Identifier: Apache-2.0
// The queue of one direction (section 2). Requests stay in their slots; a list gives the slots in order of
// age, place 0 the oldest, and behind the requests the free ones. Outputs go by place and are as they are
// after this tick's admission. Not modelled: forwarding from writes to reads.

module request_queue
  import hbm4_scheduler_pkg::*;
#(
  parameter int unsigned Slots = 64,
  parameter fault_e      Fault = FaultNone,
  localparam type slot_t = logic [$clog2(Slots)-1:0],
  localparam type slot_mask_t = logic [Slots-1:0]
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  input  queue_policy_t policy_i,
  input  tick_t         tick_i,
  // Admission.
  input  logic          offered_i,
  input  request_t      request_i,
  output logic          admit_o,
  output slot_t         new_slot_o,
  // The banks' rows.
  input  bank_mask_t    open_i,
  input  row_t          open_row_i[Banks],
  // Before the admission: how many, banks with requests, banks with hits.
  output depth_t        count_before_o,
  output bank_mask_t    queued_banks_before_o,
  output bank_mask_t    hit_banks_before_o,
  // After it.
  output depth_t        count_o,
  output request_t      request_o[Slots],
  output slot_t         slot_o[Slots],
  output slot_mask_t    hit_o,
  output slot_mask_t    conflict_o,
  output slot_mask_t    closed_o,
  output bank_mask_t    hit_banks_o,
  output logic          oldest_aged_o,  // its deadline is not after now
  // Service of a column.
  input  logic          serve_i,
  input  slot_t         place_i,
  output logic          finished_o
);

  request_t          request_q[Slots];
  tick_t             deadline_q[Slots];
  order_t            number_q[Slots];  // of admission
  order_t            admitted_q;
  depth_t            count_q;
  slot_t [Slots-1:0] order_q, order_d;

  // Room (section 2, step 2).
  localparam order_t MostAdmitted = order_t'(Window) + order_t'(Fault == FaultOvertakenOnce);
  order_t since_oldest;
  logic   room;

  assign since_oldest = admitted_q - number_q[order_q[0]];
  assign room = count_q < policy_i.depth &&
                (count_q == '0 || since_oldest < MostAdmitted);

  assign admit_o        = offered_i && room;
  assign new_slot_o     = order_q[slot_t'(count_q)];
  assign count_before_o = count_q;
  assign count_o        = count_q + depth_t'(admit_o);

  // One that is admitted in this tick has its deadline before it.
  tick_t overdue;
  assign overdue = tick_i - deadline_q[order_q[0]];
  assign oldest_aged_o = count_q != '0 && !overdue[TickWidth-1];

  // By place, and how each request meets its bank.
  bank_t bank;
  logic  hit;

  always_comb begin
    bank                  = '0;
    hit                   = 1'b0;
    hit_o                 = '0;
    conflict_o            = '0;
    closed_o              = '0;
    queued_banks_before_o = '0;
    hit_banks_before_o    = '0;
    for (int unsigned i = 0; i < Slots; i++) begin
      request_o[i] = request_i;
      slot_o[i]    = '0;
      if (i < 32'(count_o)) begin
        slot_o[i] = order_q[i];
        if (i < 32'(count_q)) begin
          request_o[i] = request_q[slot_o[i]];
        end
        bank          = request_o[i].bank;
        hit           = open_i[bank] && open_row_i[bank] == request_o[i].row;
        hit_o[i]      = hit;
        conflict_o[i] = open_i[bank] && !hit;
        closed_o[i]   = !open_i[bank];
        if (i < 32'(count_q)) begin
          queued_banks_before_o[bank] = 1'b1;
          if (hit) begin
            hit_banks_before_o[bank] = 1'b1;
          end
        end
      end
    end
  end

  always_comb begin
    hit_banks_o = hit_banks_before_o;
    if (admit_o && hit_o[slot_t'(count_q)]) begin
      hit_banks_o[request_i.bank] = 1'b1;
    end
  end

  // A slot that is free again goes behind all others.
  assign finished_o = serve_i && request_o[place_i].columns == 8'd1;

  always_comb begin
    order_d = order_q;
    if (finished_o) begin
      for (int unsigned i = 0; i < Slots - 1; i++) begin
        if (i >= 32'(place_i)) begin
          order_d[i] = order_q[i+1];
        end
      end
      order_d[Slots-1] = order_q[place_i];
    end
  end

  request_t served;
  always_comb begin
    served         = request_o[place_i];
    served.column  = served.column + 1'b1;
    served.columns = served.columns - 1'b1;
  end

  function automatic logic [Slots-1:0][$clog2(Slots)-1:0] ascending();
    for (int unsigned i = 0; i < Slots; i++) begin
      ascending[i] = slot_t'(i);
    end
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      count_q    <= '0;
      admitted_q <= '0;
      order_q    <= ascending();
    end else begin
      count_q    <= count_o - depth_t'(finished_o);
      admitted_q <= admitted_q + order_t'(admit_o);
      order_q    <= order_d;
    end
  end

  // No reset: read up to the count only.
  always_ff @(posedge clk_i) begin
    if (admit_o) begin
      request_q[new_slot_o]  <= request_i;
      deadline_q[new_slot_o] <= tick_i + tick_t'(policy_i.age_limit);
      number_q[new_slot_o]   <= admitted_q;
    end
    if (serve_i) begin  // after the line above: it may be the new one
      request_q[order_q[place_i]] <= served;
    end
  end

  DepthFits_A: assert property (
    @(posedge clk_i) admit_o |-> policy_i.depth <= depth_t'(Slots));
  SomeColumns_A: assert property (@(posedge clk_i) admit_o |-> request_i.columns != '0);
  ServeHit_A: assert property (@(posedge clk_i) serve_i |-> hit_o[place_i]);

endmodule
