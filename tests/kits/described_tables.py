"""Tables of our own that two writers described, each without seeing the other's texts.

TABLES: by table, by column, the first writer's text (the reference) and the second's.
"""

from collections.abc import Mapping

Texts = Mapping[str, Mapping[str, tuple[str, str]]]

TABLES: Texts = {
    "ferry.crossings": {
        "crossing_id": (
            "Unique number of the trip, given by the harbour office.",
            "Identifies one trip of a boat; the harbour office hands it out.",
        ),
        "vessel": ("Boat that sailed, by its call sign.", "Call sign of the boat in service."),
        "dist": ("Length of the route in kilometers.", "How far the boat sails, in kilometers."),
        "dep_delay": (
            "Minutes late when casting off; negative if early. Measured in minutes.",
            "How late the boat cast off, in minutes, below zero where it was early.",
        ),
        "wave_h": (
            "Mean height of waves at the outer buoy, in meters.",
            "Waves at the outer buoy, average height in meters.",
        ),
        "cancelled": (
            "1 if the trip was called off, 0 otherwise.",
            "Whether the trip was called off (1 = yes, 0 = no).",
        ),
        "cars": (
            "Motor vehicles aboard, not counting motorcycles.",
            "How many motor vehicles were aboard, motorcycles not counted.",
        ),
    },
    "clinic.blood_tests": {
        "sample_no": (
            "Label printed on the tube at the ward.",
            "Label on the tube, as printed by the ward.",
        ),
        "glu": (
            "Sugar in the plasma after fasting, in milligrams per deciliter.",
            "Fasting sugar in plasma, given in milligrams per deciliter.",
        ),
        "drawn_at": (
            "When the needle was set, in UTC.",
            "Moment at which the nurse set the needle (UTC).",
        ),
        "haemolysed": (
            "Set where red cells had burst, so that potassium is not reliable.",
            "Marks tubes in which red cells burst; their potassium is not reliable.",
        ),
        "temp_c": (
            "Warmth of the transport box in degrees Celsius.",
            "How warm the box was on its way, in degrees Celsius.",
        ),
        "lab": (
            "Laboratory that analysed it: A = main building, B = night service.",
            "Where it was analysed, A for the main building and B for the night service.",
        ),
    },
    "vineyard.parcels": {
        "plot": (
            "Cadastral reference of the land.",
            "Reference under which the cadastre lists the land.",
        ),
        "ha": ("Planted surface in hectares.", "Surface with vines on it, in hectares."),
        "slope": (
            "Mean incline of the hillside in percent.",
            "How steep the hillside is on average, in percent.",
        ),
        "grape": (
            "Variety on most of the rows, such as Riesling.",
            "Main variety that grows there.",
        ),
        "planted": (
            "Year in which the present stocks were set.",
            "Year when today's stocks were set.",
        ),
        "irrigated": (
            "Whether drip lines are laid; excluding temporary hoses.",
            "Tells if drip lines are laid, excluding hoses for a season.",
        ),
        "yield_kg": (
            "Weight of the harvest in kilograms.",
            "Harvest of the last autumn, weighed in kilograms.",
        ),
    },
    "library.loans": {
        "copy": (
            "Barcode glued into the book.",
            "Barcode inside the book that was taken out.",
        ),
        "reader": (
            "Card of whoever borrowed it. References members.",
            "Card number of the borrower, refers to members.",
        ),
        "due": (
            "Last day on which it can be brought back without a fee.",
            "Until when it may be returned without a fee.",
        ),
        "renewals": (
            "How many times the period was prolonged.",
            "Number of times that the borrower prolonged the period.",
        ),
        "fine": (
            "Fee for overdue return in euros.",
            "What the borrower owes for returning late, in euros.",
        ),
        "returned": (
            "Day it came back; null if it is still out.",
            "When it came back, empty while the borrower still has it.",
        ),
    },
    "weather.stations": {
        "wmo": (
            "Five-digit international identifier of the site.",
            "International five-digit number under which the site reports.",
        ),
        "elev": (
            "Height above mean sea level in meters.",
            "How high the site lies above the sea, in meters.",
        ),
        "gust": (
            "Strongest wind of the last ten minutes, in knots.",
            "Peak wind within ten minutes, in knots.",
        ),
        "rain": (
            "Precipitation collected since 6 in the morning, in millimeters.",
            "What the gauge collected since 6 in the morning, in millimeters.",
        ),
        "vis": ("Farthest visible landmark in kilometers.", "How far one sees, in kilometers."),
        "automatic": (
            "Whether it runs without an observer.",
            "Tells whether it reports without an observer.",
        ),
    },
    "foundry.casts": {
        "heat": (
            "Running number of the melt from which the piece was poured.",
            "Which melt the piece was poured from.",
        ),
        "alloy": (
            "Composition by the plant's own short names.",
            "Short name that the plant uses for the composition.",
        ),
        "pour_temp": (
            "Temperature of the metal at the ladle in degrees Celsius.",
            "How hot the metal is in the ladle, in degrees Celsius.",
        ),
        "cool_time": (
            "Hours until the mould was opened, in hours.",
            "How long until the mould is opened, in hours.",
        ),
        "scrap": (
            "Y if the inspector rejected it, N otherwise.",
            "Y where an inspector rejected it, otherwise N.",
        ),
        "porosity": (
            "Share of voids in the cut, in percent, not including surface pits.",
            "Voids seen in the cut as percent; surface pits are not included.",
        ),
    },
}
