# SPDX-License-Identifier: Apache-2.0
# Planted faults of the dot-product leaf.
begin_faults(${fp_dot_step_files})

# The alignment. F - 12 shows in hello_gemm, whose seeded operands span few exponents.
plant_fault("F - 12" dot_align.sv [=[rule_i.fraction_bits]=] [=[rule_i.fraction_bits - 6'd12]=])
plant_fault("F - 1" dot_align.sv [=[6'(Window)]=] [=[6'(Window) + 6'd1]=])
plant_fault("F + 1" dot_align.sv [=[6'(Window)]=] [=[6'(Window) - 6'd1]=])
plant_fault("cut toward minus infinity" dot_align.sv [=[sum_o - term]=] [=[sum_o + (-$signed(shifted) & mask)]=])
plant_fault("the floor one higher" dot_align.sv [=[rule_i.zero_floor]=] [=[rule_i.zero_floor + 11'sd1]=])
plant_fault("zero groups take no part" dot_align.sv [=[rule_i.zero_group_takes_part]=] [=[1'b0]=])
plant_fault("zero groups always take part" dot_align.sv [=[rule_i.zero_group_takes_part]=] [=[1'b1]=])
plant_fault("far terms wrap around" dot_align.sv [=[difference > 12'sd63]=] [=[1'b0]=])
# The result.
plant_fault("FP16 cut instead of nearest" fp_round.sv [=[half || output_i == OutputFp32Nearest]=]
    [=[output_i == OutputFp32Nearest]=])
plant_fault("FP32 to nearest instead of cut" fp_round.sv [=[output_i == OutputFp32Nearest]=] [=[output_i <= OutputFp32Nearest]=])
plant_fault("ties away from zero" fp_round.sv [=[(lost[SumWidth-2:0] != '0 || kept[0])]=] [=[1'b1]=])
plant_fault("sticky bits dropped" fp_round.sv [=[lost[SumWidth-2:0] != '0]=] [=[1'b0]=])
plant_fault("E8M13 with 23 fraction bits" fp_round.sv [=[output_i == OutputE8m13Cut]=] [=[1'b0]=])
plant_fault("overflow saturates" fp_round.sv [=[half ? 31'h7c00 : 31'h7f80_0000]=] [=[half ? 31'h7bff : 31'h7f7f_ffff]=])
plant_fault("subnormal results flushed" fp_round.sv [=[magnitude == '0]=] [=[magnitude == '0 || subnormal]=])
plant_fault("minus zero from a cut sum" fp_round.sv [=[sum_i < 0 && finite != '0]=] [=[sum_i < 0]=])
plant_fault("no clamp of integers" fp_round.sv [=[whole > sum_t'(32'sh7fff_ffff)]=] [=[1'b0]=])
plant_fault("accumulator not added after" fp_dot_step.sv [=[added_after_qqq ? after : result_qqq]=] [=[result_qqq]=])
plant_fault("no sticky bit in the adder after" fp32_add.sv [=[(moved << distance[5:0]) != wide]=] [=[1'b0]=])
# Special values.
plant_fault("0 x infinity is infinity" dot_multiply.sv [=[a.infinite && b.significand == '0]=] [=[1'b0]=])
plant_fault("infinity - infinity is minus infinity" fp_dot_step.sv
    [=[specials_qq.plus_infinity && specials_qq.minus_infinity]=] [=[1'b0]=])
plant_fault("NaN of a scale ignored" fp_dot_step.sv [=[a_scale.nan | b_scale.nan]=] [=[1'b0]=])
plant_fault("NaN of the accumulator ignored" fp_dot_step.sv [=[aligned.nan]=] [=[1'b0]=])
plant_fault("E4M3 with the NaNs of an IEEE format" fp_dot_pkg.sv [=[&code[6:0]]=] [=[&code[6:3] && |code[2:0]]=])
plant_fault("E5M2 without infinities" fp_dot_pkg.sv [=[~|fraction]=] [=[~|fraction && format != FormatE5m2]=])
plant_fault("subnormal elements flushed" fp_dot_pkg.sv [=[{|field, fraction}]=] [=[|field ? {1'b1, fraction} : 11'b0]=])
plant_fault("subnormal elements one exponent lower" fp_dot_pkg.sv [=[field | {7'b0, ~|field}]=] [=[field]=])
plant_fault("UE5M3 scales with bias 16" fp_dot_pkg.sv
    [=[$signed({6'b0, code[7:3] | {4'b0, ~|code[7:3]}})]=]
    [=[$signed({6'b0, code[7:3] | {4'b0, ~|code[7:3]}}) - 11'sd1]=])
plant_fault("FP16 accumulator with bias 127" fp_dot_pkg.sv [=[out == OutputFp16Nearest]=] [=[1'b0]=])
plant_fault("TF32 keeps 9 fraction bits" fp_dot_pkg.sv [=[code[31:13]]=] [=[{code[31:14], 1'b0}]=])
plant_fault("int8 -128 is 0" fp_dot_pkg.sv [=[-code[7:0]]=] [=[{1'b0, -code[6:0]}]=])
plant_fault("the last product dropped" dot_multiply.sv [=[i < 32'(count_i)]=] [=[i + 1 < 32'(count_i)]=])
plant_fault("one group too few" fp_dot_step.sv [=[g * (kind_i == KindGroups ? 2 * GroupBytes : GroupBytes)]=]
    [=[(g + 1) * (kind_i == KindGroups ? 2 * GroupBytes : GroupBytes)]=])

end_faults(fp_dot_step_faulty_files)
