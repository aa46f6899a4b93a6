% ismember() of Octave, faster for the two calls that numerical code makes
% most: one text in a cell array of texts, one number in a full array. Every
% other call goes to Octave's own function. Syntax:
%
%           [there,where]=ismember(a,set), ismember(a,set,'rows')
%
% Inputs:
%
%    a       - value, text, or array of them
%    set     - array or cell array
%
% Outputs:
%
%    there   - logical, the size of a (scalar for a text)
%    where   - index of a match in set, or 0

function [there,where]=ismember(a,set,varargin)

if nargin==2&&nargout<2&&ischar(a)&&isrow(a)&&iscellstr(set)
    there=builtin('any',strcmp(a,set)(:));
elseif nargin==2&&nargout<2&&isnumeric(a)&&isnumeric(set)&&numel(a)==1&&~issparse(set)
    there=builtin('any',set(:)==a);
else
    own=octave_own('ismember');
    if nargout<2
        there=own(a,set,varargin{:});
    else
        [there,where]=own(a,set,varargin{:});
    end
end

end

%!assert(ismember('b',{'a','b','b'}))
%!test [t,w]=ismember('b',{'a','b'}); assert({t,w},{true,2});
%!test [t,w]=ismember('z',{'a','b'}); assert({t,w},{false,0});
%!assert(ismember('z',{'a','b'}),false)
%!assert(~ismember('a',{}))
%!assert(ismember('a',{'b';'a'}))
%!test [t,w]=ismember(3,[1 2 3]); assert({t,w},{true,3});
%!assert(ismember(3,[1 2;3 4]),true)
%!assert(~ismember(3,[]))
%!assert(~ismember(NaN,[1 NaN]))
%!test [t,w]=ismember([1 5 2],[2 1]); assert(t,[true false true]); assert(w,[2 0 1]);
%!test [t,w]=ismember([1 2;3 4],[3 4;5 6],'rows'); assert(t,[false;true]); assert(w,[0;1]);
%!assert(ismember({'a','z'},{'z','b'}),[false true])
