"""Which ticket is due next: a binary heap in arrays, keyed by time, with one entry for each position at most."""

from array import array

NO_PLACE = -1


class DueQueue:
    """position -> second at which it is due. A change costs a path of the heap, never a scan."""

    def __init__(self) -> None:
        self._due = array("I")
        self._places = array("i")
        self._heap = array("I")

    def __len__(self) -> int:
        return len(self._heap)

    def due_of(self, position: int) -> int | None:
        """When the position is due, None when it is not in the queue."""
        if position >= len(self._places) or self._places[position] == NO_PLACE:
            return None
        return self._due[position]

    def first(self) -> tuple[int, int] | None:
        """(second, position) of what is due first; of equals the lowest position."""
        if not self._heap:
            return None
        return self._due[self._heap[0]], self._heap[0]

    def set(self, position: int, second: int) -> None:
        """Put a position into the queue, or move it."""
        if position >= len(self._places):
            missing = position + 1 - len(self._places)
            self._due.extend(array("I", bytes(4 * missing)))
            self._places.extend(array("i", (NO_PLACE,)) * missing)
        place = self._places[position]
        if place == NO_PLACE:
            place = len(self._heap)
            self._heap.append(position)
            self._places[position] = place
            self._due[position] = second
            self._rise(place)
        elif second < self._due[position]:
            self._due[position] = second
            self._rise(place)
        elif second > self._due[position]:
            self._due[position] = second
            self._sink(place)

    def remove(self, position: int) -> None:
        """Take a position out; one that is not there stays out."""
        if self.due_of(position) is None:
            return
        place = self._places[position]
        last = self._heap.pop()
        self._places[position] = NO_PLACE
        if last != position:
            self._heap[place] = last
            self._places[last] = place
            self._rise(place)
            self._sink(self._places[last])

    def _before(self, one: int, other: int) -> bool:
        return (self._due[one], one) < (self._due[other], other)

    def _rise(self, place: int) -> None:
        heap, due = self._heap, self._due
        position = heap[place]
        second = due[position]
        while place:
            above = place - 1 >> 1
            other = heap[above]  # as `_before`, without a call for each level
            if second > due[other] or (second == due[other] and position > other):
                break
            heap[place] = other
            self._places[other] = place
            place = above
        heap[place] = position
        self._places[position] = place

    def _sink(self, place: int) -> None:
        heap = self._heap
        position = heap[place]
        while True:
            below = 2 * place + 1
            if below >= len(heap):
                break
            if below + 1 < len(heap) and self._before(heap[below + 1], heap[below]):
                below += 1
            if not self._before(heap[below], position):
                break
            heap[place] = heap[below]
            self._places[heap[place]] = place
            place = below
        heap[place] = position
        self._places[position] = place
