//! Random numbers that are the same everywhere: SplitMix64.

/// A generator; equal seeds give equal numbers.
#[derive(Clone, Debug)]
pub struct Prng(u64);

impl Prng {
    /// The generator of stream `number` of a seed.
    pub fn new(seed: u64, number: u64) -> Prng {
        let mut prng = Prng(seed ^ number.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        prng.next();
        prng
    }

    /// The next 64 bits.
    #[allow(clippy::should_implement_trait)] // it never ends, so it is no iterator
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// One of the elements.
    pub fn pick<'a, T>(&mut self, elements: &'a [T]) -> &'a T {
        &elements[self.below(elements.len())]
    }
}
