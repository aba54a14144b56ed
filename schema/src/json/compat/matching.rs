//! How many parts of one combined schema find a partner of their own in another.

/// The size of a largest matching between parts numbered from 0. `partners` lists, for each part of the first schema,
/// the parts of the second that go with it. Every step is counted with `spend`, which may end the search.
pub(super) fn largest(
    partners: &[Vec<u32>],
    count: usize,
    mut spend: impl FnMut(usize) -> bool,
) -> Option<Matching> {
    let mut matching = Matching { partner: vec![None; partners.len()], owner: vec![None; count] };
    for start in 0..partners.len() {
        let mut visited = vec![false; count];
        if !spend(1 + count / 64) || !matching.extend(start, partners, &mut visited, &mut spend) {
            return None;
        }
    }
    Some(matching)
}

/// Who goes with whom.
#[derive(Debug)]
pub(super) struct Matching {
    /// The partner of each part of the first schema.
    pub(super) partner: Vec<Option<u32>>,
    /// The same from the second's side.
    pub(super) owner: Vec<Option<u32>>,
}

impl Matching {
    /// How many pairs there are.
    pub(super) fn size(&self) -> usize {
        self.partner.iter().flatten().count()
    }

    /// Finds a partner for `start`, moving others to new partners where needed. False when it was told to stop.
    fn extend(
        &mut self,
        start: usize,
        partners: &[Vec<u32>],
        visited: &mut [bool],
        spend: &mut impl FnMut(usize) -> bool,
    ) -> bool {
        // The parts on the way, each with the number of its next candidate, and the partners chosen between them.
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        let mut chosen: Vec<u32> = Vec::new();
        while let Some((part, next)) = way.last_mut() {
            if !spend(1) {
                return false;
            }
            let candidate = partners.get(*part).and_then(|candidates| candidates.get(*next)).copied();
            *next += 1;
            let Some(candidate) = candidate else {
                way.pop();
                chosen.pop();
                continue;
            };
            let is_new =
                visited.get_mut(candidate as usize).is_some_and(|seen| !std::mem::replace(seen, true));
            if !is_new {
                continue;
            }
            chosen.push(candidate);
            match self.owner.get(candidate as usize).copied().flatten() {
                Some(owner) => way.push((owner as usize, 0)),
                None => {
                    self.turn(&way, &chosen);
                    return true;
                }
            }
        }
        true
    }

    fn turn(&mut self, way: &[(usize, usize)], chosen: &[u32]) {
        for (&(part, _), &candidate) in way.iter().zip(chosen) {
            if let Some(partner) = self.partner.get_mut(part) {
                *partner = Some(candidate);
            }
            if let Some(owner) = self.owner.get_mut(candidate as usize) {
                *owner = u32::try_from(part).ok();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(partners: &[&[u32]], count: usize) -> usize {
        let partners: Vec<Vec<u32>> = partners.iter().map(|list| list.to_vec()).collect();
        let matching = largest(&partners, count, |_| true).unwrap();
        for (part, partner) in matching.partner.iter().enumerate() {
            if let Some(partner) = partner {
                assert_eq!(matching.owner[*partner as usize], u32::try_from(part).ok());
            }
        }
        matching.size()
    }

    #[test]
    fn partners_move_to_make_room() {
        assert_eq!(size(&[], 0), 0);
        assert_eq!(size(&[&[0], &[0]], 1), 1);
        assert_eq!(size(&[&[0, 1], &[0]], 2), 2);
        assert_eq!(size(&[&[0, 1], &[0, 2], &[0]], 3), 3);
        assert_eq!(size(&[&[0, 1], &[0, 1], &[0, 1]], 3), 2);
        assert_eq!(size(&[&[], &[1]], 2), 1);
    }

    #[test]
    fn long_chains_need_no_stack() {
        let count = 3_000_u32;
        let mut partners: Vec<Vec<u32>> = (0..count - 1).map(|part| vec![part, part + 1]).collect();
        partners.push(vec![0]);
        assert_eq!(largest(&partners, count as usize, |_| true).unwrap().size(), count as usize);
    }

    #[test]
    fn it_stops_when_told() {
        let partners = vec![vec![0, 1], vec![0]];
        assert!(largest(&partners, 2, |_| false).is_none());
    }

    #[test]
    fn small_graphs_agree_with_trying_everything() {
        for graph in 0..(1_u32 << 12) {
            let partners: Vec<Vec<u32>> = (0..4)
                .map(|part| (0..3).filter(|other| graph >> (part * 3 + other) & 1 == 1).collect())
                .collect();
            let expected = best(&partners, 0, 0);
            let found = largest(&partners, 3, |_| true).unwrap().size();
            assert_eq!(found, expected, "{partners:?}");
        }
    }

    fn best(partners: &[Vec<u32>], part: usize, taken: u32) -> usize {
        let Some(candidates) = partners.get(part) else { return 0 };
        let without = best(partners, part + 1, taken);
        let free = candidates.iter().filter(|&&other| taken >> other & 1 == 0);
        free.map(|other| 1 + best(partners, part + 1, taken | 1 << other)).max().unwrap_or(0).max(without)
    }
}
