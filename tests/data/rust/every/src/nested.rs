mod inside {
    #[path = "by_path.rs"]
    mod far;
    mod near;
}
#[path = "nested/inside/third.rs"]
mod third;
