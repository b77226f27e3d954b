//! What files and lists are read as, whichever pieces they come in.

use bulk_file::{Cells, FileError, Limits, Reader, Row, RowError, write_heading, write_row};
use proptest::prelude::*;

fn read_in(bytes: &[u8], piece: usize, limits: Limits) -> (Vec<Row>, Result<(), FileError>) {
    let (mut reader, mut rows) = (Reader::new(limits), Vec::new());
    for part in bytes.chunks(piece) {
        if let Err(error) = reader.feed(part, &mut rows) {
            return (rows, Err(error));
        }
    }
    let end = reader.finish(&mut rows);
    (rows, end)
}

fn read(bytes: impl AsRef<[u8]>) -> Vec<Row> {
    let (rows, end) = read_in(bytes.as_ref(), usize::MAX, Limits::default());
    end.expect("a file that can be read");
    rows
}

fn people(rows: &[Row]) -> Vec<(u64, &str, &str)> {
    rows.iter().map(|row| (row.line, row.cells.email.as_str(), row.cells.display_name.as_str())).collect()
}

fn corpus(name: &str) -> Vec<u8> {
    std::fs::read(format!("tests/corpus/{name}")).expect("a corpus file")
}

#[test]
fn the_template_of_entra_is_understood() {
    let rows = read(corpus("entra.csv"));
    assert_eq!(people(&rows), [(3, "sam@fabrikam.example", "")]);
    assert_eq!(rows[0].cells.redirect_url, "https://myapps.microsoft.com");
    assert_eq!(rows[0].cells.sends_mail(), Ok(Some(true)));
    assert_eq!(rows[0].cells.message, "Welcome");
}

#[test]
fn a_spreadsheet_that_writes_semicolons_is_understood() {
    assert_eq!(people(&read(corpus("semicolons.csv"))), [(2, "ana@fabrikam.example", "Silva; Ana")]);
}

#[test]
fn x2_mixed_line_ends_are_each_one_line() {
    let lines: Vec<u64> = read(corpus("mixed_ends.csv")).iter().map(|row| row.line).collect();
    assert_eq!(lines, [2, 3, 4, 7]);
}

#[test]
fn a_pasted_list_is_read_as_mail_programs_write_recipients() {
    let rows = read(corpus("list.txt"));
    assert_eq!(
        people(&rows),
        [
            (1, "sam@fabrikam.example", ""),
            (1, "ana@x.example", "Ana Silva"),
            (1, "rui@x.example", "Silva, Rui"),
            (2, "jo@x.example", ""),
            (3, "nobody", ""),
        ]
    );
}

#[test]
fn x2_a_row_that_is_no_utf_8_is_wrong_and_the_next_is_not() {
    let rows = read(corpus("bad_utf8.csv"));
    assert_eq!(rows[0].problem, Some(RowError::Encoding));
    assert_eq!((rows[1].problem, rows[1].cells.display_name.as_str()), (None, "B"));
}

#[test]
fn x2_formula_cells_are_read_as_they_stand() {
    let rows = read(corpus("formulas.csv"));
    assert_eq!(rows[0].cells.display_name, "=HYPERLINK(\"http://x\",\"y\")");
    assert_eq!(people(&rows[1..]), [(3, "+b@x.example", "'=x")]);
}

#[test]
fn what_makes_a_file_meaningless_is_said() {
    let end = |bytes: &[u8]| read_in(bytes, usize::MAX, Limits::default()).1;
    assert_eq!(end(&corpus("utf16.csv")), Err(FileError::Encoding));
    assert_eq!(end(&corpus("no_heading.csv")), Err(FileError::NoAddressColumn));
    assert_eq!(end(&corpus("blank.csv")), Err(FileError::NoAddressColumn));
    assert_eq!(end(b""), Err(FileError::NoAddressColumn));
    let twice = FileError::TwoAddressColumns { first: "Email".to_owned(), second: "mail".to_owned() };
    assert_eq!(twice.to_string(), "the columns “Email” and “mail” both name the address: leave one of them");
    assert_eq!(end(b" Email,displayName,mail\na@x.example,A,b@x.example\n"), Err(twice));
    for no_text in [&b"PK\x03\x04\x14\x00\x06\x00 a@x.example"[..], b"%PDF-1.7\n", b"e\0m\0a\0i\0l\0\n\0"] {
        assert_eq!(end(no_text), Err(FileError::NoText));
    }
}

#[test]
fn x2_a_field_without_end_is_cut_and_its_row_refused() {
    let (mut reader, mut rows) = (Reader::new(Limits::default()), Vec::new());
    reader.feed(b"email,displayName\na@x.example,", &mut rows).expect("a heading");
    let megabyte = vec![b'x'; 1024 * 1024];
    for _ in 0..64 {
        reader.feed(&megabyte, &mut rows).expect("more of the field");
    }
    reader.feed(b"\nb@x.example,B\n", &mut rows).expect("the next row");
    reader.finish(&mut rows).expect("the end");
    assert_eq!(rows[0].problem, Some(RowError::FieldTooLong));
    assert_eq!(rows[0].cells.display_name.len(), Limits::default().field);
    assert_eq!(people(&rows[1..]), [(3, "b@x.example", "B")]);
}

#[test]
fn x2_a_mark_that_is_never_closed_spoils_its_line_alone() {
    let long = "x".repeat(3000);
    let mut file = "email,displayName\r\na@x.example,\"A\r\nb@x.example,B\r\n".to_owned();
    for n in 0..9 {
        file.push_str(&format!("c{n}@x.example,{long}\n"));
    }
    let rows = read(&file);
    assert_eq!((rows[0].line, rows[0].problem), (2, Some(RowError::OpenQuote)));
    assert_eq!(rows[0].cells.email, "a@x.example");
    assert_eq!(people(&rows[1..2]), [(3, "b@x.example", "B")]);
    assert_eq!((rows.len(), rows[10].line, rows[10].cells.email.as_str()), (11, 12, "c8@x.example"));
    assert!(rows[1..].iter().all(|row| row.problem.is_none()));
}

#[test]
fn x2_a_mark_that_is_open_at_the_end_spoils_its_line_alone() {
    let rows = read("email,displayName\na@x.example,\"A\nb@x.example,B");
    assert_eq!((rows[0].line, rows[0].problem), (2, Some(RowError::OpenQuote)));
    assert_eq!(people(&rows[1..]), [(3, "b@x.example", "B")]);
    let end = read_in(b"\"email,displayName\nb@x.example,B", usize::MAX, Limits::default()).1;
    assert_eq!(end, Err(FileError::NoAddressColumn), "headings that never end");
}

#[test]
fn x2_a_mark_of_the_encoding_within_a_file_is_text_however_the_pieces_fall() {
    let rows = read(corpus("mark_behind_open_quote.csv"));
    assert_eq!((rows[0].line, rows[0].problem), (2, Some(RowError::OpenQuote)));
    assert_eq!(people(&rows[1..]), [(3, "\u{feff}b@x.example", "B")]);
}

#[test]
fn a_mark_of_the_encoding_that_joining_files_left_hides_no_heading() {
    assert_eq!(people(&read(corpus("two_marks.csv"))), [(2, "a@x.example", "A")]);
}

#[test]
fn a_cell_may_hold_lines_as_long_as_it_is_no_longer_than_a_cell() {
    let rows = read("email,message\na@x.example,\"one\r\n\"\"two\"\"\nthree\"\nb@x.example,\n");
    assert_eq!(rows[0].cells.message, "one\r\n\"two\"\nthree");
    assert_eq!((rows[1].line, rows[1].problem), (5, None));
}

#[test]
fn x2_a_field_of_a_gigabyte_ends_the_reading_at_the_limit_of_the_file() {
    let (mut reader, mut rows) = (Reader::new(Limits { file: 4 << 20, ..Limits::default() }), Vec::new());
    reader.feed(b"email,displayName\na@x.example,", &mut rows).expect("a heading");
    let megabyte = vec![b'x'; 1024 * 1024];
    let refused = (0..1024).filter(|_| reader.feed(&megabyte, &mut rows).is_err()).count();
    assert_eq!(refused, 1021, "everything behind the limit is refused unread");
    assert!(rows.is_empty());
}

#[test]
fn x2_the_row_after_the_millionth_ends_the_reading() {
    let (mut reader, mut rows) = (Reader::new(Limits::default()), Vec::new());
    reader.feed(b"email\n", &mut rows).expect("a heading");
    for _ in 0..1000 {
        reader.feed("a@x.example\n".repeat(1000).as_bytes(), &mut rows).expect("rows");
        assert_eq!(rows.len(), 1000, "what is held is one piece");
        rows.clear();
    }
    assert_eq!(reader.feed(b"a@x.example\n", &mut rows), Err(FileError::TooManyRows(1_000_000)));
    assert_eq!(reader.finish(&mut rows), Err(FileError::TooManyRows(1_000_000)));
    assert!(rows.is_empty());
}

#[test]
fn too_many_bytes_and_columns_are_refused() {
    let limits = Limits { file: 20, ..Limits::default() };
    assert_eq!(read_in(b"email\na@x.example\nb@x.example\n", 5, limits).1, Err(FileError::TooLarge(20)));
    assert_eq!(read(corpus("columns.csv"))[0].problem, Some(RowError::TooManyColumns));
}

#[test]
fn the_other_things_a_row_can_have_wrong() {
    let rows = read("email,sendMail\n,true\na@x.example,perhaps\n,\n");
    let problems: Vec<_> = rows.iter().map(|row| row.problem).collect();
    assert_eq!(problems, [Some(RowError::NoAddress), Some(RowError::SendMail)]);
}

#[test]
fn groups_and_roles_stand_in_columns_of_their_own_and_no_other_heading_is_taken_for_them() {
    let rows = read("email;Groups;[appRoles];role\na@x.example;\"Auditors; Readers\";Expenses: Approver;Boss\n");
    let given = |row: &Row| (row.cells.groups.clone(), row.cells.app_roles.clone());
    assert_eq!(given(&rows[0]), ("Auditors; Readers".to_owned(), "Expenses: Approver".to_owned()));
    let rows = read("email,group,member of,roles\na@x.example,Auditors,Auditors,Approver\n");
    assert_eq!(given(&rows[0]), (String::new(), String::new()));
    let cells = Cells { email: "a@x.example".to_owned(), groups: "=A;B".to_owned(), ..Cells::default() };
    let row = Row { line: 2, cells, problem: None };
    let mut out = String::new();
    write_heading(&mut out);
    write_row(&mut out, &row, "no");
    assert_eq!(read(out), [row], "a file that was mended is read as it was written");
}

#[test]
fn x1_no_cell_of_the_file_of_failures_is_a_formula() {
    let mut out = String::new();
    write_heading(&mut out);
    for name in ["=HYPERLINK(\"http://x\")", "+1", "-1", "@sum", "\t=1", "\r=1", "\u{ff1d}1", "'=1"] {
        let cells = Cells { email: "a@x.example".to_owned(), display_name: name.to_owned(), ..Cells::default() };
        write_row(&mut out, &Row { line: 1, cells, problem: None }, "=no");
    }
    for cell in out.trim_start_matches('\u{feff}').split(['"']).filter(|cell| *cell != "," && *cell != "\r\n,") {
        let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\u{ff1d}']);
        assert!(!is_formula, "{cell:?}");
    }
}

#[test]
fn every_file_of_the_corpus_reads_the_same_in_pieces() {
    for entry in std::fs::read_dir("tests/corpus").expect("the corpus") {
        let path = entry.expect("a file").path();
        let bytes = std::fs::read(&path).expect("a corpus file");
        for limits in [Limits::default(), Limits { field: 12, ..Limits::default() }] {
            let whole = read_in(&bytes, usize::MAX, limits);
            for piece in 1..8 {
                assert_eq!(read_in(&bytes, piece, limits), whole, "{} by {piece}", path.display());
            }
        }
    }
}

proptest! {
    #[test]
    fn x1_what_was_made_safe_is_read_as_it_was(
        name in "['=+@\t\r\n\",;a-c -]{0,6}",
        message in "['=+@\t\r\n\",;a-c -]{0,6}",
    ) {
        let cells = Cells { email: "a@x.example".to_owned(), display_name: name, message, ..Cells::default() };
        let row = Row { line: 2, cells, problem: None };
        let mut out = String::new();
        write_heading(&mut out);
        write_row(&mut out, &row, "no, it is \"wrong\"");
        prop_assert_eq!(read(out), vec![row]);
    }

    #[test]
    fn pieces_change_nothing(
        bytes in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'"'), Just(b','), Just(b'@'), any::<u8>()], 0..200),
        heading in prop_oneof![Just(""), Just("email,name\n"), Just("a@b\n"), Just("\u{feff}version:1\r\nemail;name\r\n")],
        piece in 1_usize..9,
    ) {
        let limits = Limits { rows: 8, field: 12, columns: 4, file: 150 };
        let all = [heading.as_bytes(), &bytes].concat();
        let (rows, end) = read_in(&all, piece, limits);
        prop_assert_eq!((rows, end), read_in(&all, usize::MAX, limits));
    }
}
