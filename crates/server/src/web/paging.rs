//! Pages of a list that goes on in both directions.

/// Where a page begins: next to a row, in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge<K> {
    /// Behind this row.
    After(K),
    /// Before this row. Such a page is read backwards.
    Before(K),
}

impl<K> Edge<K> {
    /// What the address of a page says; `after` counts where both are there.
    pub fn of(after: Option<K>, before: Option<K>) -> Option<Self> {
        after.map(Self::After).or(before.map(Self::Before))
    }

    /// The row.
    pub fn row(self) -> K {
        match self {
            Self::After(row) | Self::Before(row) => row,
        }
    }

    /// Whether the page is read backwards.
    pub const fn is_before(&self) -> bool {
        matches!(self, Self::Before(_))
    }

    /// Its name in the address of a page.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::After(_) => "after",
            Self::Before(_) => "before",
        }
    }
}

/// The rows of a page.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows, in the order of the list.
    pub rows: Vec<T>,
    /// Whether there is a page before it.
    pub has_before: bool,
    /// Whether there is a page behind it.
    pub has_after: bool,
}

impl<T> Page<T> {
    /// Of rows as they were read from an edge on: one more than `size` if there is one more, and backwards before an edge.
    pub fn of<K>(mut rows: Vec<T>, size: usize, edge: Option<&Edge<K>>) -> Self {
        let has_more = rows.len() > size;
        rows.truncate(size);
        let is_before = edge.is_some_and(Edge::is_before);
        if is_before {
            rows.reverse();
        }
        let (has_before, has_after) = if is_before { (has_more, true) } else { (edge.is_some(), has_more) };
        Self { rows, has_before, has_after }
    }

    /// The first row, if a page is before it, and the last one, if a page is behind it.
    pub fn ends(&self) -> (Option<&T>, Option<&T>) {
        (self.rows.first().filter(|_| self.has_before), self.rows.last().filter(|_| self.has_after))
    }

    /// Whether there is nothing on it but something beside it: whoever stood there has gone, and the way back is to the first page.
    pub fn is_lost(&self) -> bool {
        self.rows.is_empty() && (self.has_before || self.has_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_what_is_beside_it() {
        let page = |rows: &[u8], edge: Option<Edge<u8>>| {
            let page = Page::of(rows.to_vec(), 2, edge.as_ref());
            (page.rows.clone(), page.has_before, page.has_after)
        };
        assert_eq!(page(&[1, 2], None), (vec![1, 2], false, false));
        assert_eq!(page(&[1, 2, 3], None), (vec![1, 2], false, true));
        assert_eq!(page(&[3], Some(Edge::After(2))), (vec![3], true, false));
        assert_eq!(page(&[2, 1], Some(Edge::Before(3))), (vec![1, 2], false, true));
        assert_eq!(page(&[4, 3, 2], Some(Edge::Before(5))), (vec![3, 4], true, true));
        assert_eq!(Page::of(vec![1, 2, 3], 2, None::<&Edge<u8>>).ends(), (None, Some(&2)));
        assert!(Page::of(Vec::<u8>::new(), 2, Some(&Edge::After(2))).is_lost());
        assert!(!Page::of(vec![3], 2, Some(&Edge::After(2))).is_lost());
        assert!(!Page::of(Vec::<u8>::new(), 2, None::<&Edge<u8>>).is_lost());
    }

    #[test]
    fn an_address_names_one_edge() {
        assert_eq!(Edge::of(Some(1), Some(2)), Some(Edge::After(1)));
        assert_eq!(Edge::of(None, Some(2)).map(Edge::row), Some(2));
        assert_eq!(Edge::of(None::<u8>, None), None);
    }
}
