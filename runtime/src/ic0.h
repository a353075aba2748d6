/* The IC system API as the interface specification declares it, section "System imports". */
#ifndef VEX_IC0_H
#define VEX_IC0_H
#include <stddef.h>
#include <stdint.h>

#define IC0(result, name, ...) \
    __attribute__((import_module("ic0"), import_name(#name))) extern result ic0_##name(__VA_ARGS__)

typedef void ic0_closure(uint32_t environment);

IC0(size_t, msg_arg_data_size, void);
IC0(void, msg_arg_data_copy, void *destination, size_t offset, size_t size);
IC0(size_t, msg_caller_size, void);
IC0(void, msg_caller_copy, void *destination, size_t offset, size_t size);
IC0(int32_t, msg_reject_code, void);
IC0(size_t, msg_reject_msg_size, void);
IC0(void, msg_reject_msg_copy, void *destination, size_t offset, size_t size);
IC0(uint64_t, msg_deadline, void);
IC0(size_t, msg_method_name_size, void);
IC0(void, msg_method_name_copy, void *destination, size_t offset, size_t size);
IC0(void, accept_message, void);

IC0(void, msg_reply_data_append, const void *source, size_t size);
IC0(void, msg_reply, void);
IC0(void, msg_reject, const void *source, size_t size);

IC0(void, msg_cycles_available128, void *destination);
IC0(void, msg_cycles_refunded128, void *destination);
IC0(void, msg_cycles_accept128, uint64_t high, uint64_t low, void *destination);
IC0(void, canister_cycle_balance128, void *destination);
IC0(void, cycles_burn128, uint64_t high, uint64_t low, void *destination);

IC0(size_t, canister_self_size, void);
IC0(void, canister_self_copy, void *destination, size_t offset, size_t size);
IC0(uint64_t, canister_version, void);
IC0(int32_t, canister_status, void);
IC0(int32_t, is_controller, const void *source, size_t size);
IC0(int32_t, in_replicated_execution, void);

IC0(void, call_new, const void *callee, size_t callee_size, const void *name, size_t name_size,
    ic0_closure *reply, uint32_t reply_environment, ic0_closure *reject, uint32_t reject_environment);
IC0(void, call_on_cleanup, ic0_closure *cleanup, uint32_t environment);
IC0(void, call_data_append, const void *source, size_t size);
IC0(void, call_cycles_add128, uint64_t high, uint64_t low);
IC0(int32_t, call_perform, void);

IC0(uint64_t, stable64_size, void);
IC0(uint64_t, stable64_grow, uint64_t pages);
IC0(void, stable64_read, uint64_t destination, uint64_t offset, uint64_t size);
IC0(void, stable64_write, uint64_t offset, uint64_t source, uint64_t size);

IC0(void, certified_data_set, const void *source, size_t size);
IC0(int32_t, data_certificate_present, void);
IC0(size_t, data_certificate_size, void);
IC0(void, data_certificate_copy, void *destination, size_t offset, size_t size);

IC0(uint64_t, time, void);
IC0(uint64_t, global_timer_set, uint64_t timestamp);
IC0(uint64_t, performance_counter, int32_t kind);
IC0(void, debug_print, const void *source, size_t size);
IC0(void, trap, const void *source, size_t size);

#endif
