% Contraction of two arrays over chosen dimensions. Syntax:
%
%           C=tensorprod(A,B,dims_a,dims_b)
%           C=tensorprod(A,B,dims_a,dims_b,'NumDimensionsA',n)
%           C=tensorprod(A,B)
%
% Inputs:
%
%    A,B            - numeric arrays
%    dims_a,dims_b  - dimensions summed over, pairwise of equal length;
%                     without them the outer product
%
% Outputs:
%
%    C              - array: the remaining dimensions of A, then those of B

function C=tensorprod(A,B,dims_a,dims_b,option,n_dims_a)

if nargin<3, dims_a=[]; dims_b=[]; end
if nargin<4, dims_b=dims_a; end
if nargin<5, n_dims_a=max([ndims(A) dims_a]); option='NumDimensionsA'; end
grumble(A,B,dims_a,dims_b,option);
n_dims_b=max([ndims(B) dims_b]);
size_a=size(A); size_a((end+1):n_dims_a)=1;
size_b=size(B); size_b((end+1):n_dims_b)=1;
free_a=setdiff(1:n_dims_a,dims_a); free_b=setdiff(1:n_dims_b,dims_b);
left=reshape(permute(A,ordering([free_a dims_a])),prod(size_a(free_a)),[]);
right=reshape(permute(B,ordering([dims_b free_b])),[],prod(size_b(free_b)));
if isempty(dims_a), left=left(:); right=right(:).'; end
C=reshape(left*right,[size_a(free_a) size_b(free_b) 1 1]);

end

% permute() wants at least two dimensions
function order=ordering(order)
if isscalar(order), order=[1 2]; end
end

% Consistency enforcement
function grumble(A,B,dims_a,dims_b,option)
if ~isnumeric(A)||~isnumeric(B)
    error('tensorprod:type','A and B must be numeric.');
end
if numel(dims_a)~=numel(dims_b)
    error('tensorprod:dims','as many dimensions of A as of B are needed.');
end
if any(arrayfun(@(a,b)size(A,a)~=size(B,b),dims_a,dims_b))
    error('tensorprod:size','contracted dimensions must have equal lengths.');
end
if ~strcmp(option,'NumDimensionsA')
    error('tensorprod:option','the only option is NumDimensionsA.');
end
end

%!test A=magic(3); B=[1 2;3 4;5 6]; assert(tensorprod(A,B,2,1),A*B);
%!test A=rand(2,3,4); B=rand(4,3); C=tensorprod(A,B,[3 2],[1 2]);
%! D=zeros(2,1); for i=1:3, for k=1:4, D=D+A(:,i,k)*B(k,i); end, end
%! assert(C(:),D,1e-14);
%!test C=tensorprod([1;2],[3 4]); assert(size(C),[2 1 1 2]); assert(C(:).',[3 6 4 8]);
%!error <equal> tensorprod(ones(2),ones(3),1,1)
