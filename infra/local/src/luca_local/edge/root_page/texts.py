"""The root page's words, in the two languages of its readers."""

from dataclasses import dataclass

from luca_shared.runtime.accept import preferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Every word of the page in one language."""

    language: str
    other_language: str  # the name of the other one, in itself
    title: str
    lead: str
    docs: str
    skip: str
    services: str
    absent: str
    edge: str
    interactive: str
    console: str
    government: str
    emulator: str
    metrics: str
    first_grade: str
    first_grade_lead: str
    log_in: str
    record: str
    read: str
    again: str
    copy: str
    copied: str
    accounts: str
    accounts_lead: str
    school: str
    role: str
    username: str
    password: str
    roles: dict[str, str]
    foot: str


ENGLISH = Texts(
    language="en",
    other_language="Español",
    title="Luca on this machine",
    lead="School grades and behavior for many schools at once. What you see runs on your machine alone, against an "
    "emulator of AWS that enforces the same policies.",
    docs="The API: every endpoint, who may, and what it answers",
    skip="Skip to the content",
    services="Services",
    absent="not in this version",
    edge="The only way in: verifies tokens, takes events, hands the rest on. Stands in for API Gateway.",
    interactive="The REST API of grades. Behind the edge; open here so that you can look at it.",
    console="Where the submission to the government stands.",
    government="A government API that is as unstable as the real one.",
    emulator="Everything of AWS that Luca uses; policies are enforced.",
    metrics="Health and metrics, for Prometheus.",
    first_grade="Your first grade",
    first_grade_lead="Three commands for a terminal. The token of the first one lasts an hour.",
    log_in="Log in as a teacher",
    record="Record a grade that nobody has recorded yet",
    read="Read it back",
    again="Sending the second one again is harmless. With another score it is refused (412), until you name the "
    "version that you have seen, in the place of If-None-Match:",
    copy="Copy",
    copied="Copied",
    accounts="Demo accounts",
    accounts_lead="Made anew at each start. norte and norte-2 differ in one ending, on purpose: neither ever sees "
    "anything of the other.",
    school="School",
    role="Role",
    username="User name",
    password="Password",  # noqa: S106  # the column's heading
    roles={
        "teacher": "Teacher",
        "school-admin": "School administrator",
        "student": "Student",
        "guardian": "Guardian",
        "compliance": "Compliance officer",
    },
    foot="Logs of this run",
)

SPANISH = Texts(
    language="es",
    other_language="English",
    title="Luca en esta máquina",
    lead="Notas y conducta escolar para muchos colegios a la vez. Lo que ve funciona solo en su máquina, contra un "
    "emulador de AWS que aplica las mismas políticas.",
    docs="La API: cada operación, quién puede usarla y qué responde",
    skip="Saltar al contenido",
    services="Servicios",
    absent="no está en esta versión",
    edge="La única entrada: verifica los tokens, recibe los eventos y entrega lo demás. Hace las veces de API Gateway.",
    interactive="La API REST de las notas. Está detrás de la entrada; aquí queda abierta para poder mirarla.",
    console="En qué va el envío al gobierno.",
    government="Una API de gobierno tan inestable como la verdadera.",
    emulator="Todo lo que Luca usa de AWS; las políticas se aplican.",
    metrics="Salud y métricas, para Prometheus.",
    first_grade="Su primera nota",
    first_grade_lead="Tres comandos para una terminal. El token del primero dura una hora.",
    log_in="Entrar como docente",
    record="Poner una nota que nadie ha puesto todavía",
    read="Leerla de vuelta",
    again="Repetir el segundo no cambia nada. Con otra nota se rechaza (412), hasta que nombre la versión que vio, en "
    "lugar de If-None-Match:",
    copy="Copiar",
    copied="Copiado",
    accounts="Cuentas de prueba",
    accounts_lead="Se crean de nuevo en cada inicio. norte y norte-2 se distinguen solo por el final, a propósito: "
    "ninguno ve jamás nada del otro.",
    school="Colegio",
    role="Rol",
    username="Usuario",
    password="Contraseña",  # noqa: S106  # the column's heading
    roles={
        "teacher": "Docente",
        "school-admin": "Administración del colegio",
        "student": "Estudiante",
        "guardian": "Apoderado",
        "compliance": "Cumplimiento",
    },
    foot="Registros de esta ejecución",
)

BY_LANGUAGE = {texts.language: texts for texts in (ENGLISH, SPANISH)}


def preferred(accept_language: str) -> Texts:
    """Return the texts that a browser asks for (RFC 9110 section 12.5.4), English when it asks for neither.

    >>> preferred("es-CL,es;q=0.9,en;q=0.8").language
    'es'
    """
    best, found = 0.0, ENGLISH
    for tag, weight in preferences(accept_language):
        texts = BY_LANGUAGE.get(tag.partition("-")[0])
        if texts is not None and weight > best:
            best, found = weight, texts
    return found
