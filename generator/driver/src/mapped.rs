//! Files mapped into memory, and what happens when one of them gets shorter.
//!
//! The system ends a process that reads a page after the end of a mapped file (SIGBUS). Here such a page is replaced
//! by zeros instead, and the mapping knows it: the run goes on to its end, where the file is reported and nothing is
//! written. Windows refuses to shorten a mapped file.
//!
//! The only library code with `unsafe`.
#![allow(unsafe_code)]

use std::fs::File;
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};

use memmap2::Mmap;

/// A mapped file.
#[derive(Debug)]
pub struct MappedFile {
    map: Mmap,
    #[cfg(unix)]
    region: &'static bus_errors::Region,
}

/// Linux allows a process 65,530 mappings (`vm.max_map_count`), of which memory needs some too.
const MAX_MAPPED: usize = 16_384;

/// Number of files that were mapped.
static MAPPED: AtomicUsize = AtomicUsize::new(0);

impl MappedFile {
    /// Maps a file; `None` when it cannot be mapped, or too many are.
    pub fn new(file: &File) -> Option<MappedFile> {
        if MAPPED.fetch_add(1, Ordering::Relaxed) >= MAX_MAPPED {
            return None;
        }
        // SAFETY: the map is private and read-only, and this process never writes to a file it has mapped: outputs
        // that are inputs are refused, and outputs are replaced by renaming, which leaves the mapped inode alone. If
        // another process writes to it, bytes may change between two reads. Nothing relies on two reads being equal
        // but the checks of bounds, which are made again at each access.
        let map = unsafe { Mmap::map(file) }.ok()?;
        Some(MappedFile {
            #[cfg(unix)]
            region: bus_errors::watch(&map)?,
            map,
        })
    }

    /// Whether a part of the file went away.
    pub fn is_shortened(&self) -> bool {
        #[cfg(unix)]
        return self.region.is_shortened();
        #[cfg(not(unix))]
        false
    }
}

impl Deref for MappedFile {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map
    }
}

#[cfg(unix)]
impl Drop for MappedFile {
    fn drop(&mut self) {
        self.region.forget();
    }
}

#[cfg(unix)]
mod bus_errors {
    use std::ffi::{c_int, c_void};
    use std::ptr::null_mut;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

    /// The addresses of a mapping. Regions are never freed: the handler can look at one at any time.
    #[derive(Debug)]
    pub struct Region {
        start: usize,
        /// 0 when the file is not mapped any more.
        length: AtomicUsize,
        shortened: AtomicBool,
        next: *mut Region,
    }

    // SAFETY: `next` is set before the region is shared, and only read after that.
    unsafe impl Sync for Region {}

    impl Region {
        pub fn is_shortened(&self) -> bool {
            self.shortened.load(Ordering::Acquire)
        }

        pub fn forget(&self) {
            self.length.store(0, Ordering::Release);
        }
    }

    /// The newest region.
    static NEWEST: AtomicPtr<Region> = AtomicPtr::new(null_mut());

    /// What the process did about the signal before, and the size of a page.
    static BEFORE: OnceLock<Option<(libc::sigaction, usize)>> = OnceLock::new();

    /// Watches a mapping; `None` if that is not possible.
    pub fn watch(map: &[u8]) -> Option<&'static Region> {
        BEFORE.get_or_init(install).as_ref()?;
        let (start, length) = (map.as_ptr() as usize, AtomicUsize::new(map.len()));
        let region =
            Box::into_raw(Box::new(Region { start, length, shortened: AtomicBool::new(false), next: null_mut() }));
        let mut newest = NEWEST.load(Ordering::Acquire);
        loop {
            // SAFETY: the region is not shared yet.
            unsafe { (*region).next = newest };
            match NEWEST.compare_exchange(newest, region, Ordering::AcqRel, Ordering::Acquire) {
                // SAFETY: it is never freed.
                Ok(_) => return Some(unsafe { &*region }),
                Err(other) => newest = other,
            }
        }
    }

    fn install() -> Option<(libc::sigaction, usize)> {
        // SAFETY: plain system calls with valid pointers; zeros are a valid `sigaction`.
        unsafe {
            let page = usize::try_from(libc::sysconf(libc::_SC_PAGESIZE)).ok().filter(|page| page.is_power_of_two())?;
            let (mut action, mut before): (libc::sigaction, libc::sigaction) = (std::mem::zeroed(), std::mem::zeroed());
            action.sa_sigaction = on_bus_error as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigemptyset(&mut action.sa_mask);
            (libc::sigaction(libc::SIGBUS, &action, &mut before) == 0).then_some((before, page))
        }
    }

    /// Replaces the missing pages of a mapping by zeros. Any other error is as if this handler were not there.
    extern "C" fn on_bus_error(_: c_int, info: *mut libc::siginfo_t, _: *mut c_void) {
        let Some(Some((before, page))) = BEFORE.get() else { return };
        // SAFETY: the system passes a valid pointer, and regions are never freed.
        let at = unsafe { (*info).si_addr() } as usize;
        let mut next = NEWEST.load(Ordering::Acquire);
        while let Some(region) = unsafe { next.as_ref() } {
            let length = region.length.load(Ordering::Acquire);
            if at.wrapping_sub(region.start) < length {
                let from = at & !(page - 1);
                let size = (region.start + length).next_multiple_of(*page) - from;
                let flags = libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_FIXED;
                region.shortened.store(true, Ordering::Release);
                // SAFETY: the pages are part of the mapping, and only read.
                let zeros = unsafe { libc::mmap(from as *mut c_void, size, libc::PROT_READ, flags, -1, 0) };
                if zeros != libc::MAP_FAILED {
                    return;
                }
                break;
            }
            next = region.next;
        }
        // SAFETY: it was in use before. The access is repeated when this returns.
        unsafe { libc::sigaction(libc::SIGBUS, before, null_mut()) };
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn what_goes_away_is_zero() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[7; 20_000]).unwrap();
        let (whole, other) = (MappedFile::new(&file).unwrap(), MappedFile::new(&file).unwrap());
        drop(other);
        assert_eq!((whole[0], whole[19_999], whole.is_shortened()), (7, 7, false));
        file.set_len(5_000).unwrap();
        assert_eq!((whole[0], whole[19_999], whole[4_999]), (7, 0, 7));
        assert!(whole.is_shortened());
        assert!(whole.iter().all(|&byte| byte == 7 || byte == 0));
    }
}
