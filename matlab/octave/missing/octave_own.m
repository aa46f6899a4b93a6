% Octave's own version of a function that one of ours shadows. The first call
% for a name must come before our folder is on the path: a handle stays bound
% to the function that it first called. Syntax:
%
%           handle=octave_own(name)
%
% Inputs:
%
%    name    - 'ismember', 'num2str' or 'cell2mat'
%
% Outputs:
%
%    handle  - function handle

function handle=octave_own(name)

persistent ismember_own num2str_own cell2mat_own
if isempty(ismember_own)
    ismember_own=@ismember; ismember_own(1,1);
    num2str_own=@num2str; num2str_own(1.5);
    cell2mat_own=@cell2mat; cell2mat_own({1});
end
switch name
    case 'ismember', handle=ismember_own;
    case 'num2str',  handle=num2str_own;
    case 'cell2mat', handle=cell2mat_own;
    otherwise, error('octave_own:name','%s is not shadowed by an m-file of ours.',name);
end

end

%!test f=octave_own('num2str'); assert(f([1 2 3]),'1  2  3');
%!error <shadowed> octave_own('sin')
