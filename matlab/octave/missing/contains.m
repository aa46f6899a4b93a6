% Whether a pattern occurs in texts. Syntax:
%
%           answer=contains(texts,patterns)
%           answer=contains(texts,patterns,'IgnoreCase',true)
%
% Inputs:
%
%    texts     - character row, or cell array of them
%    patterns  - character row, or cell array: any of them counts
%
% Outputs:
%
%    answer    - logical, the size of texts (scalar for a character row)

function answer=contains(texts,patterns,option,ignore_case)

if nargin<3, option='IgnoreCase'; ignore_case=false; end
grumble(texts,patterns,option);
texts=cellstr_of(texts); patterns=cellstr_of(patterns);
if ignore_case, texts=lower(texts); patterns=lower(patterns); end
answer=false(size(texts));
for n=1:numel(texts)
    for k=1:numel(patterns)
        found=isempty(patterns{k})||~isempty(strfind(texts{n},patterns{k}));
        answer(n)=answer(n)||found;
    end
end

end

% Texts as a cell array
function texts=cellstr_of(texts)
if ischar(texts), texts={texts}; end
end

% Consistency enforcement
function grumble(texts,patterns,option)
if ~(ischar(texts)||iscellstr(texts))||~(ischar(patterns)||iscellstr(patterns))
    error('contains:type','texts and patterns must be characters or cell arrays of them.');
end
if ~strcmpi(option,'IgnoreCase')
    error('contains:option','the only option is IgnoreCase.');
end
end

%!assert(contains('spin dynamics','dyn'))
%!assert(~contains('spin','Spin'))
%!assert(contains('spin','Spin','IgnoreCase',true))
%!assert(contains({'ab','bc';'cd','ab'},'b'),[true true;false true])
%!assert(contains({'ab','cd'},{'x','d'}),[false true])
%!error <characters> contains(1,'a')
