fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap();
        if let Some(module) = clr_wasm_file::WasmModule::open(&bytes).unwrap() {
            for table in module.pinvoke_tables() {
                println!("{} {} {:?}", table.library, table.entries.len(), table.entries.first());
            }
        }
        for object in clr_wasm_file::objects::read(&path, &[], &bytes, None).unwrap() {
            if let Some(info) = object.debug_info(&|_| true) {
                for f in &object.functions {
                    println!("{} {:#?}", f.symbol, info.function(f));
                }
                for f in &object.uses {
                    println!("use {} {:#?}", f.symbol, info.declared(f.symbol));
                }
                println!("{:#?} {:#?} {}", info.structs, info.prototypes, info.bytes);
            }
        }
    }
}
