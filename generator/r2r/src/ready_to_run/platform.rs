//! What a ReadyToRun PE image was compiled for: its Machine field is that of the processor XOR a number for the
//! operating system (dotnet/runtime, `src/coreclr/inc/pedecoder.h`).

/// Machine numbers of the PE format.
const MACHINES: [(u16, &str); 6] = [
    (0x014C, "x86"),
    (0x01C4, "arm"),
    (0x5064, "riscv64"),
    (0x6264, "loongarch64"),
    (0x8664, "x64"),
    (0xAA64, "arm64"),
];

/// Numbers of the operating systems.
const SYSTEMS: [(u16, &str); 6] = [
    (0, "Windows"),
    (0x4644, "macOS"),
    (0x7B79, "Linux"),
    (0xADC4, "FreeBSD"),
    (0x1993, "NetBSD"),
    (0x1992, "illumos"),
];

/// Processor and operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Platform {
    /// Name of the processor.
    pub machine: &'static str,
    /// Name of the operating system; an image of IL alone says `Windows` and means none.
    pub system: &'static str,
}

/// The meaning of a Machine field; `None` if the machine or the system is not known.
pub fn platform(field: u16) -> Option<Platform> {
    SYSTEMS.iter().find_map(|(number, system)| {
        let machine = MACHINES.iter().find(|(machine, _)| machine ^ number == field)?.1;
        Some(Platform { machine, system })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_platforms_share_a_number() {
        let mut fields: Vec<u16> =
            MACHINES.iter().flat_map(|(machine, _)| SYSTEMS.iter().map(move |(system, _)| machine ^ system)).collect();
        fields.sort_unstable();
        fields.dedup();
        assert_eq!(fields.len(), MACHINES.len() * SYSTEMS.len());
        assert_eq!(platform(0xFD1D), Some(Platform { machine: "x64", system: "Linux" }));
        assert_eq!(platform(0x014C), Some(Platform { machine: "x86", system: "Windows" }));
        assert_eq!(platform(0x1234), None);
    }
}
