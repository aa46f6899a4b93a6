% num2str() of Octave, faster for one real number, and for a row of them in a
% format with a place for each: what progress reports are made of. Every other
% call goes to Octave's own function, whose results these are too (whole
% numbers in full, others to 4 decimals or 5 digits).
% Syntax:
%
%           text=num2str(x), text=num2str(x,precision), text=num2str(x,format)
%
% Inputs:
%
%    x          - number, array or text
%    precision  - significant digits
%    format     - as in sprintf
%
% Outputs:
%
%    text       - character row or array

function text=num2str(x,varargin)

plain=isnumeric(x)&&numel(x)==1&&isreal(x);
if plain&&nargin==1&&x==fix(x)&&abs(x)<1e10
    text=sprintf('%d',x);
elseif plain&&nargin==2&&ischar(varargin{1})
    text=sprintf(varargin{1},x);
    if ~isempty(text)&&(text(1)<=' '||text(end)<=' '), text=strtrim(text); end
elseif plain&&nargin==1&&isfloat(x)&&isfinite(x)&&abs(x)<1e10
    text=sprintf('%.*g',max(floor(log10(abs(full(x))))+5,5),full(x));
elseif nargin==2&&isfloat(x)&&isrow(x)&&isreal(x)&&ischar(varargin{1})&&isrow(varargin{1})&&...
       builtin('sum',varargin{1}=='%')==numel(x)&&~builtin('any',varargin{1}=='\')
    text=strtrim(sprintf(varargin{1},x));
else
    own=octave_own('num2str');
    text=own(x,varargin{:});
end

end

%!assert(num2str(7),'7')
%!assert(num2str(-12),'-12')
%!assert(num2str(pi),'3.1416')
%!assert(num2str(-1234.56789),'-1234.5679')
%!assert(num2str(99999.5),'99999.5')
%!assert(num2str(1.23456789e-5),'1.2346e-05')
%!test own=octave_own('num2str');
%! for x=[0.1 -0.1 1/3 1e-300 9.99995 123456.789 9999999.123456 -2.5e9+0.5], assert(num2str(x),own(x)); end
%!assert(num2str(pi,8),'3.1415927')
%!assert(num2str(2.5e-7,'%0.3e'),'2.500e-07')
%!assert(num2str(2.5,' %6.2f '),'2.50')
%!assert(num2str([1 2 3]),'1  2  3')
%!test own=octave_own('num2str'); x=[-1.5 0 2e-9]; f='%+10.6e  %+10.6e  %+10.6e';
%! assert(num2str(x,f),own(x,f)); assert(num2str([1 2],' %d-%d '),own([1 2],' %d-%d '));
%! assert(num2str([1 2],'%5.2f'),own([1 2],'%5.2f')); assert(num2str([1 2],'%d\n%d'),own([1 2],'%d\n%d'));
%!assert(num2str(1+2i),'1+2i')
%!assert(num2str('abc'),'abc')
%!assert(num2str(Inf),'Inf')
%!assert(num2str(true),'1')
%!assert(num2str(int8(5)),'5')
%!assert(num2str(1e10),'10000000000')
%!assert(num2str(sparse(4)),'4')
