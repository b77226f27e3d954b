//! A large file.

use crate::bulk_invitations::bulk_invitation::RowResult;
use crate::bulk_invitations::operations::{Defaults, Upload, rows};
use crate::testing::on_both_engines;

const ROWS: usize = 100_000;

#[tokio::test]
async fn x2_a_hundred_thousand_rows_arrive_in_parts_of_bounded_size() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let mut upload = Upload::begin(&server, &admin, Defaults::default()).await.expect("a run");
        upload.feed(&server, b"email\n").await.expect("the heading");
        for part in 0..ROWS / 5_000 {
            let people: Vec<_> = (0..5_000).map(|n| format!("p{}@x.example\n", part * 5_000 + n)).collect();
            upload.feed(&server, people.concat().as_bytes()).await.expect("rows");
        }
        // The shortest of these lines has 13 bytes, so that a piece of 16 KiB ends no more of them.
        assert!(upload.most_held <= 16 * 1024 / 13, "{} rows were held at once", upload.most_held);
        let bulk = upload.finish(&server, &admin).await.expect("a whole file");
        assert_eq!(bulk.row_count, 100_000);
        let last = rows(&server, &bulk, Some(RowResult::Unchecked), 99_999, 10).await.expect("rows");
        assert_eq!((last.len(), last[0].line, last[0].address.as_str()), (1, 100_001, "p99999@x.example"));
    })
    .await;
}
