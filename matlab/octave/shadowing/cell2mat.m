% cell2mat() of Octave, faster for a column or a row of cells with full or
% sparse numbers in them: one concatenation. Every other call goes to
% Octave's own function, whose results these are too. Syntax:
%
%           A=cell2mat(C)
%
% Inputs:
%
%    C   - cell array
%
% Outputs:
%
%    A   - array

function A=cell2mat(C)

plain=iscell(C)&&isvector(C)&&builtin('all',cellfun('isclass',C,'double'));
if plain&&iscolumn(C)
    A=vertcat(C{:});
elseif plain
    A=horzcat(C{:});
else
    own=octave_own('cell2mat'); A=own(C);
end

end

%!assert(cell2mat({1;2;3}),[1;2;3])
%!assert(cell2mat({[1 2],[3;4].'}),[1 2 3 4])
%!assert(cell2mat({[1 2];[3 4]}),[1 2;3 4])
%!assert(cell2mat({1 2;3 4}),[1 2;3 4])
%!assert(cell2mat({}),[])
%!assert(cell2mat({[1 2];zeros(0,2)}),[1 2])
%!assert(issparse(cell2mat({sparse(1);sparse(2)})))
%!assert(cell2mat({'ab','c'}),'abc')
%!assert(cell2mat({1i;2}),[1i;2])
%!error cell2mat(1)
%!error cell2mat({[1 2];[3 4 5]})
