% Entry for a batch process: prints, one per line, the functions that a
% request calls. Reads HARNESS_REQUEST and HARNESS_RESULT from the
% environment. See harness_used.m.

harness_no_dumps();
printf('%s\n',harness_used(getenv('HARNESS_REQUEST'),getenv('HARNESS_RESULT')){:});
