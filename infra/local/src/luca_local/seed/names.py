"""Names for demo students; any likeness is chance."""

from random import Random

_FIRST = (
    "Agustina", "Alonso", "Amanda", "Antonia", "Benjamín", "Camila", "Catalina", "Cristóbal", "Diego", "Elisa",
    "Emilia", "Facundo", "Florencia", "Gaspar", "Isidora", "Joaquín", "Josefa", "Julieta", "León", "Lucas", "Maite",
    "Martín", "Mateo", "Matilda", "Nicolás", "Olivia", "Pascuala", "Renata", "Santiago", "Trinidad", "Vicente",
)  # fmt: skip
_LAST = (
    "Araya", "Bravo", "Calfuqueo", "Cárdenas", "Díaz", "Espinoza", "Fuentes", "Gálvez", "Huenchumilla", "Ibáñez",
    "Jara", "Lagos", "Mamani", "Muñoz", "Núñez", "Olivares", "Peña", "Quispe", "Riquelme", "Sáez", "Tapia", "Urrutia",
    "Valdés", "Yáñez", "Zúñiga",
)  # fmt: skip


def name(chance: Random) -> str:
    """Return a first name and two last names."""
    father, mother = chance.sample(_LAST, 2)
    return f"{chance.choice(_FIRST)} {father} {mother}"
