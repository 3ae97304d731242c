#[repr(C)] struct N<T: ?Sized, U = u8, const C: usize = { 3 }> { next: *mut N<*mut T, [U; C]>, last: T }
#[repr(transparent)] struct H<'a, T>(&'a T, std::marker::PhantomData<[T; 2]>);
type A<T> = Option<H<'static, N<T, T, 1>>>;
const M: usize = (K << 2) / 3 + size_of::<N<u8>>() - u8::MAX as usize;
const K: usize = 0x1_0;
#[repr(C, packed(2))] union V { a: u64, b: [i128; M], c: std::mem::ManuallyDrop<A<u8>> }
#[repr(C, u8)] enum E { A(f32), B { x: char }, C = 3 }
impl<T> N<T> { #[no_mangle] extern "C" fn f(self: &Self, e: E) -> Self { loop {} } }
#[no_mangle] extern "C" fn g(a: A<f64>, b: V, c: extern "C" fn(N<u8>, ...) -> E, d: N<u8>) -> u128 { 0 }
