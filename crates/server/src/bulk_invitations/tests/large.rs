//! A large file.

use crate::bulk_invitations::BulkError;
use crate::bulk_invitations::bulk_invitation::RowResult;
use crate::bulk_invitations::operations::{Defaults, Upload, rows};
use crate::testing::on_both_engines;
use bulk_file::{FileError, Limits};
use bytes::Bytes;
use futures_util::stream;
use std::convert::Infallible;

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

/// A million rows would take minutes to write, so that the bound is a smaller one here. What is refused at it is what is refused at
/// the other: rows that were written already, up to the one too many.
#[tokio::test]
async fn x2_a_list_with_one_row_too_many_is_refused_and_leaves_nothing() {
    const MOST: usize = 500;
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let pieces = |rows: usize| {
            let mut pieces = vec![Bytes::from_static(b"email\n")];
            let people: Vec<String> = (0..rows).map(|n| format!("p{n}@x.example\n")).collect();
            pieces.extend(people.chunks(100).map(|part| Bytes::from(part.concat())));
            stream::iter(pieces.into_iter().map(Ok::<_, Infallible>))
        };
        let begin = async || {
            let upload = Upload::begin(&server, &admin, Defaults::default()).await.expect("a run");
            upload.within(Limits { rows: MOST, ..Limits::default() })
        };
        let refused = begin().await.receive(&server, &admin, pieces(MOST + 1)).await;
        assert!(matches!(refused, Err(BulkError::File(FileError::TooManyRows(MOST)))), "{refused:?}");
        let contents = server.contents().await;
        for table in ["bulk_invitation", "bulk_invitation_row"] {
            assert!(contents[table].is_empty(), "{table}");
        }
        let taken = begin().await.receive(&server, &admin, pieces(MOST)).await.expect("as many as there may be");
        assert_eq!(taken.row_count, 500);
    })
    .await;
}
