//! Bulk files: no panic, every limit holds, and however the bytes arrive in pieces the same rows come out.
#![no_main]

use bulk_file::{FileError, Limits, Reader, Row};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits { rows: 50, field: 64, columns: 8, file: 4096 };

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    let whole = read(bytes, bytes.len().max(1));
    assert_eq!(whole, read(bytes, usize::from(piece).max(1)), "pieces change nothing");
    let (rows, _) = whole;
    assert!(rows.len() <= LIMITS.rows);
    for pair in rows.windows(2) {
        assert!(pair[0].line <= pair[1].line, "rows come in the order of the file");
    }
    for row in &rows {
        assert!(row.line >= 1);
        let cells = &row.cells;
        let sizes = [
            &cells.email,
            &cells.display_name,
            &cells.redirect_url,
            &cells.send_mail,
            &cells.message,
            &cells.language,
            &cells.groups,
            &cells.app_roles,
        ];
        assert!(sizes.iter().all(|cell| cell.len() <= LIMITS.field));
    }
});

fn read(bytes: &[u8], piece: usize) -> (Vec<Row>, Result<(), FileError>) {
    let (mut reader, mut rows) = (Reader::new(LIMITS), Vec::new());
    for part in bytes.chunks(piece) {
        if let Err(error) = reader.feed(part, &mut rows) {
            return (rows, Err(error));
        }
    }
    let end = reader.finish(&mut rows);
    (rows, end)
}
