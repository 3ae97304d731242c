use super::Collector;
use super::unmanaged_calls::Site;
use crate::types::Damaged;
pub(super) fn close(collector: &mut Collector<'_, '_>, sites: Vec<Site>) -> Result<(), Damaged> {
    for site in sites {
        collector.ir.unresolved.insert(site.member.reason(site.kind));
    }
    Ok(())
}
