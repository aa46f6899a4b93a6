% Text padded to a width. Syntax:
%
%           padded=pad(text,width,side,fill)
%
% Inputs:
%
%    text    - character row, or a cell array of them
%    width   - number of characters; longer texts are returned as they
%              are. Default for a cell array: the longest member
%    side    - where the padding goes: 'right' (default), 'left', 'both'
%    fill    - one character, default a blank
%
% Outputs:
%
%    padded  - as text, each at least width long

function padded=pad(text,width,side,fill)

% The one form that progress reports use, without further ado
if nargin==2&&ischar(text)&&isrow(text)&&isreal(width)&&isscalar(width)&&width>numel(text)
    padded=[text ' '(ones(1,width-numel(text)))]; return;
end
if nargin<2||isempty(width), width=max(cellfun(@numel,cellstr(text))); end
if nargin<3, side='right'; end
if nargin<4, fill=' '; end
grumble(text,width,side,fill);
if iscell(text)
    padded=cellfun(@(x)pad(x,width,side,fill),text,'UniformOutput',false); return;
end
missing=max(0,width-numel(text));
switch side
    case 'right', before=0;
    case 'left',  before=missing;
    case 'both',  before=floor(missing/2);
end
padded=[fill(ones(1,before)) text fill(ones(1,missing-before))];

end

% Consistency enforcement
function grumble(text,width,side,fill)
if ~(ischar(text)||iscellstr(text))
    error('pad:text','text must be characters or a cell array of them.');
end
if ~isscalar(width)||width<0||mod(width,1)~=0
    error('pad:width','width must be a non-negative whole number.');
end
if ~any(strcmp(side,{'left','right','both'}))
    error('pad:side','side must be ''left'', ''right'' or ''both''.');
end
if ~ischar(fill)||numel(fill)~=1
    error('pad:fill','fill must be one character.');
end
end

%!assert(pad('ab',5),'ab   ')
%!assert(pad('ab',5,'left'),'   ab')
%!assert(pad('ab',5,'both','-'),'-ab--')
%!assert(pad('abcdef',3),'abcdef')
%!assert(pad({'a','bcd'}),{'a  ','bcd'})
%!error <width> pad('a',-1)
