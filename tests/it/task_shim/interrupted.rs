//! Runs that are killed, and runs that meet.

use std::collections::BTreeMap;
use std::time::Instant;

use thunkgen_tests::task_shim::Work;

/// What the outputs are with this library linked.
fn outputs_for(work: &mut Work, module: &str) -> BTreeMap<String, Option<Vec<u8>>> {
    work.request.items.retain(|(name, _)| name != "PInvokeModules");
    work.request.add("PInvokeModules", module);
    let answer = work.run();
    assert!(answer.succeeded, "{answer:?}");
    work.outputs()
}

#[test]
fn a_killed_run_leaves_whole_files() {
    let mut work = Work::new(&["corlib", "facade", "interop"]);
    work.request.set("CacheFilePath", "cache");
    let before = outputs_for(&mut work, "native");
    let start = Instant::now();
    let after = outputs_for(&mut work, "a.b");
    let whole = start.elapsed();
    assert_ne!(before, after);
    let mut killed = 0;
    for (step, (module, expected)) in [("native", &before), ("a.b", &after)].into_iter().cycle().take(60).enumerate() {
        work.request.items.retain(|(name, _)| name != "PInvokeModules");
        work.request.add("PInvokeModules", module);
        let mut child = work.command().stdout(std::process::Stdio::null()).spawn().unwrap();
        // Anywhere in what a run takes here and now, and a little later.
        std::thread::sleep(whole * step as u32 / 50);
        let _ = child.kill();
        killed += usize::from(!child.wait().unwrap().success());
        for (name, found) in work.outputs() {
            assert!(found == before[&name] || found == after[&name], "step {step}: {name} is neither old nor new");
        }
        assert!(work.run().succeeded);
        assert!(work.outputs() == *expected, "step {step}: a later run makes it good");
    }
    assert!(killed > 0, "no run was killed before its end");
}

/// Two builds that share their outputs: whoever comes last wins, and no cache says that the other's are its own.
#[test]
fn runs_that_meet_do_not_believe_each_other() {
    let mut work = Work::new(&["corlib", "facade", "interop"]);
    let one = outputs_for(&mut work, "native");
    let requests = ["native", "a.b"].map(|module| {
        let mut request = work.request.clone();
        request.items.retain(|(name, _)| name != "PInvokeModules");
        request.add("PInvokeModules", module).set("CacheFilePath", "cache");
        request.render()
    });
    for (name, request) in ["one.xml", "two.xml"].iter().zip(requests) {
        work.write(name, request);
    }
    let start = |request: &str| {
        let mut command = std::process::Command::new(&work.program);
        command.arg(request).current_dir(work.folder()).stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    for _ in 0..25 {
        let both = [start("one.xml"), start("two.xml")];
        for mut child in both {
            assert!(child.wait().unwrap().success());
        }
        assert!(start("one.xml").wait().unwrap().success());
        assert!(work.outputs() == one, "the outputs are those of the last run");
    }
}
