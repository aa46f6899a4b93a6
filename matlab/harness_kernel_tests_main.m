% Entry for a batch process that runs Spinach's own tests; reads from the
% environment HARNESS_SPINACH_ROOT, HARNESS_FIRST (number of the first test)
% and HARNESS_RESULT (report file). See harness_kernel_tests.m.

harness_no_dumps();
harness_kernel_tests(getenv('HARNESS_SPINACH_ROOT'),...
                     str2double(getenv('HARNESS_FIRST')),getenv('HARNESS_RESULT'));
