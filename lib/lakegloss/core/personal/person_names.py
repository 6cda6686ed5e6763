"""Lists common given names and surnames of many cultures, and the marks of companies' names.

Names that are as often places, months, colours or plain words (Paris, April, Rose, Green) are left
out: the lists must tell people's names from other words, not be complete.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from lakegloss.core.personal.kinds import name_lists
from lakegloss.core.personal.kinds.name_lists import unaccented, with_unaccented
from lakegloss.core.personal.wordings.companies import COMPANY_WORDS
from lakegloss.core.words.lexicon import word_set

GIVEN_NAMES = with_unaccented(name_lists.GIVEN) | with_unaccented(
    word_set("""
james john robert michael william david richard joseph thomas charles christopher daniel matthew
anthony donald steven andrew paul joshua kenneth kevin brian timothy ronald jason edward jeffrey
ryan jacob nicholas gary eric jonathan stephen larry justin scott brandon benjamin samuel gregory
alexander patrick raymond jack dennis jerry tyler aaron jose adam nathan henry zachary douglas peter
kyle noah ethan jeremy christian keith roger terry austin sean gerald carl harold dylan arthur
lawrence jordan jesse bryan billy bruce gabriel joe logan alan juan albert willie elijah wayne randy
vincent mason roy ralph bobby russell bradley philip eugene liam oliver lucas ernest howard fred
stanley leonard martin walter leon norman derek travis rodney clarence marcus theodore clifford mary
patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy sandra ashley emily
kimberly margaret donna michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia
dorothy amy kathleen angela shirley emma brenda pamela nicole anna samantha katherine christine
debra rachel carolyn janet maria olivia heather helen catherine diane julie joyce evelyn joan
victoria kelly christina lauren frances martha judith cheryl megan andrea ann alice jean doris
jacqueline kathryn hannah julia gloria teresa sara janice marie isabella ruth theresa sophia beverly
denise marilyn amber danielle brittany diana abigail jane natalie lori tiffany alexis kayla ava mia
chloe charlotte amelia harper ella zoe claire lucy ellie isla jenna erin leah molly wendy tracy tina
gina tammy dawn jill bonnie sally peggy connie carmen ana rosa irene elsie edith agnes hans klaus
jürgen juergen wolfgang günter guenter dieter manfred uwe bernd stefan andreas thorsten torsten sven
markus matthias tobias florian sebastian lukas felix maximilian jonas niklas johannes heinrich
friedrich karl ludwig otto hermann helmut gerhard rainer ralf jörg joerg holger frank ursula monika
petra sabine renate helga karin brigitte ingrid erika gisela christa susanne birgit heike silke anja
katrin kerstin claudia stefanie melanie lena leonie hanna anke ute pierre michel andré andre
philippe rené rene louis alain jacques bernard marcel gérard gerard claude christophe nicolas julien
sébastien sebastien laurent frédéric frederic olivier thierry pascal françois francois antoine
guillaume mathieu hugo théo theo camille nathalie isabelle sylvie martine françoise francoise
monique sophie céline celine aurélie aurelie manon josé antonio manuel francisco javier carlos
miguel alejandro fernando pablo sergio jorge alberto álvaro alvaro diego adrián adrian raúl raul
rubén ruben enrique ramón ramon vicente andrés andres joaquín joaquin santiago eduardo ricardo
roberto rafael luis pedro jesús jesus ángel angel mario dolores pilar josefa isabel cristina lucía
lucia elena paula raquel mercedes beatriz silvia guadalupe juana margarita alejandra gabriela
fernanda valentina camila ximena sofía sofia joão joao paulo antônio marcos luiz tiago rodrigo
felipe gustavo bruno leonardo thiago rui nuno francisca adriana juliana mariana patrícia aline
vanessa bruna larissa letícia leticia inês ines giuseppe giovanni luigi marco francesco alessandro
matteo lorenzo riccardo stefano salvatore vincenzo domenico giulia francesca chiara federica
alessandra giorgia martina paola elisa jan cornelis hendrik willem gerrit pieter dirk jeroen maarten
sander bart joost kees anneke sjors lotte sanne femke marieke ingeborg lars anders erik olof nils
björn bjorn magnus mikael fredrik henrik ole knut harald astrid kristin solveig sigrid linnea elin
maja freja søren soren jens mette pekka jukka matti timo juha antti mikko päivi paivi tuula anneli
riitta aino piotr krzysztof andrzej tomasz paweł pawel stanisław stanislaw marcin michał michal
grzegorz łukasz lukasz zbigniew jerzy katarzyna małgorzata malgorzata agnieszka ewa krystyna joanna
magdalena zofia jakub josef jiří jiri petr pavel tomáš tomas miroslav zdeněk jana eva hana lenka
lucie ivan dmitri dmitry sergei sergey alexei alexey andrei andrey mikhail nikolai vladimir igor
oleg yuri boris viktor anatoly maxim olga tatiana natalia svetlana irina ekaterina anastasia ludmila
oksana yulia galina nadezhda bogdan taras mykola oleksandr volodymyr gheorghe ion mihai cristian
ioana andreea györgy gyorgy lászló laszlo istván istvan zoltán zoltan ferenc katalin ilona zsuzsanna
georgios dimitrios konstantinos ioannis nikolaos eleni mehmet mustafa ahmet ali hüseyin huseyin
hasan ibrahim ismail osman yusuf murat emre fatma ayşe ayse emine hatice zeynep elif meryem mohammed
muhammad mohamed ahmed mahmoud omar khalid abdullah hussein hassan yousef tariq karim rashid samir
fatima aisha khadija zainab layla leila mariam noor amina salma yasmin reza mehdi amir hossein
farhad maryam zahra parisa raj rahul amit sanjay vijay rajesh suresh ramesh anil sunil ashok manoj
deepak arun ravi vikram arjun rohan aditya krishna ganesh mukesh dinesh pradeep priya pooja neha
anjali kavita sunita rekha anita lakshmi divya shreya aishwarya meena geeta nisha ritu swati wei
jing ying yan hui xin jun ming hao jie lei qiang yong xiao mei ling hong fang na xiu hiroshi takashi
kenji akira yuki haruto yuto sota ren kaito daiki yamato satoshi takeshi kazuo yoko keiko kazuko
sachiko akiko naoko yumi sakura hina aoi mio misaki minjun jihoon seojun jiwoo seoyeon hyun sungho
youngsoo minh tuan anh huong linh thao nguyet somchai putu wayan siti nur budi agus dewi rizal
andoni kwame kofi ama akosua chinedu emeka ngozi chioma oluwaseun adebayo thabo sipho nomsa lerato
tendai wanjiku kamau njoroge achieng abebe tesfaye moshe yosef yaakov avraham shlomo rivka miriam
yael tamar noa mike bob jim tom bill dave dan steve chris matt nick alex sam ben tim ron ken greg
jeff andy tony rob rick ed ted ray phil doug don jay josh zach jake luke owen evan cole caleb connor
isaac levi wyatt julian miles ezra asher carter gavin colin dean dale glenn craig todd brent brett
chad kirk kurt lance neil ross troy wade wesley trevor spencer preston garrett blake drew shane
shaun corey cory darren darrell duane dwayne jerome jermaine tyrone lamar deshawn malik marvin
melvin milton morris nelson oscar pete quentin randall roland rudy rufus sidney stuart terrence
vernon virgil wallace warren wendell woody hank gus abe ike bert ernie lou vic vince herb kate katie
liz beth sue meg jenny becky cindy mandy candice kristen kirsten kerry carrie carla carly cassandra
cecilia claudette colleen courtney daphne darlene debbie deanna dolly doreen edna eileen elaine
eleanor elise eliza ellen elsa emilia esther ethel eunice evangeline felicia fiona flora frida gail
geraldine gladys greta gretchen gwen harriet heidi henrietta hilary ida imogen irma jackie jacquelyn
jeanette jeanne jocelyn jodie johanna josephine josie juanita judy karla katrina kendra kristina
lacey leslie loretta lorraine louisa louise lucille lydia lynn mabel mackenzie madeline maggie
marcia marian marianne marjorie marlene marsha maureen maxine melinda mildred millie minnie miranda
mona myra nadia nadine nina nora noreen norma pam patty paulette pauline penelope phoebe phyllis
polly priscilla ramona regina rhonda rita roberta robin rochelle rosalie rosemary roxanne sadie
sasha selena shannon sheila shelby sherry sonia sonya stacy stella suzanne sylvia tabitha tamara
tanya teri tess thelma tracey trisha trudy vera veronica vicky vivian wanda whitney willa wilma
yolanda yvette yvonne luca enzo dario fabio gianni gino massimo mauro nico paolo piero renato silvio
tommaso umberto ugo carlo claudio daniele davide emilio filippo gianluca ilaria lucrezia serena
simona lutz moritz niko norbert olaf oskar peer philipp reiner rolf rudolf sascha siegfried simon
thilo udo ulf ulrich volker werner wilhelm elke gabi gabriele gudrun ilse inge irmgard jutta kathrin
lieselotte marlies mechthild nadja rosemarie sonja tanja ulrike uschi luc marc yves benoit cedric
cyril damien denis didier emmanuel fabien fabrice gilles guy henri herve jacky joel lionel ludovic
maxime noel patrice pascale regis remi serge stephane sylvain tristan xavier yann yannick agathe
amelie anais anne annie audrey beatrice carole chantal clara corinne delphine dominique elodie
emilie estelle fabienne francine genevieve ghislaine helene josiane karine laetitia laure lea
madeleine marguerite marion mathilde maud mireille muriel noemie odile sabrina sandrine solange
valerie veronique virginie agustin alfonso alfredo arturo benito cesar cristobal damian domingo
esteban eugenio ezequiel fabian federico gerardo gonzalo gregorio guillermo hector hernan ignacio
jaime julio leandro marcelo mariano matias mauricio maximo nestor octavio orlando rafaela ramiro
rigoberto rodolfo rogelio santos ulises alicia amparo araceli belen blanca carlota catalina consuelo
daniela graciela isabela josefina lidia liliana lola lorena luisa maite manuela marcela maribel
marina marisol marta matilde monica nieves noelia nuria paloma pepa rebeca rocio susana vanesa aziz
bilal faisal hamza imran jamal kamal khaled majid mansour mohammad mounir nabil nasser osama rami
saad salim sami tarek walid yasser zaid aya farah hala hanan hiba huda iman lina noura rana rania
soraya yasmine zeinab musa binta akash ananya anand aniket aparna arvind ashwin bharat chandra
gaurav gopal harish hari indira jyoti kamala karthik kiran lalit lata madhu mahesh manish mohan
nandini naveen nikhil nitin parvati prakash pranav prasad preeti radha raghav rajendra rajiv ramya
rishi rohit sachin sandeep sanjana santosh sapna saurabh shanti shiv siddharth smita sneha sonal
srinivas sudha suman sushma tanvi uday uma usha varun vidya vinod vivek yash latha arjuna abel bram
daan floris frits geert gijs guus henk huub jaap jelle joris joep koen luuk menno niek niels piet
roel ruud sjoerd stijn teun thijs tijn wim wouter anouk annemarie bregje eline esmee fleur jolanda
lieke loes maaike margriet marijke marleen mirjam nienke roos saskia tineke truus arne bo bjarne
brita egil einar emil espen gro gunnar hakon hanne hedda helge henning inga ivar jakob joakim kaare
kari kaspar kjell lasse leif lise malin marit mats mattias morten ola pernille petter pia ragnar
rasmus signe silje siri stig stina svein tove trine trygve ulla vidar viggo vilde kay kim jo jin soo
hye eun yuna tae woo hyeon jiho kyung mina minji tomo ryo ayumi emi eriko haruka hideo hiro isamu
jiro kaori koji kumi mako makoto masako masao michiko mika minoru mitsuko natsuki noriko osamu reiko
rika ryu saori satoru shin shigeru shinji shiro tadashi takako takumi taro tomoko toru tsuyoshi
yoshi yoshiko yosuke yui yuka yuko yumiko yusuke chidi chinwe femi folake funmi ifeoma kayode kemi
nneka sade segun seun tayo temitope tolu tunde uche yemi abena afua akua efua esi kojo kwaku kwabena
yaa yaw juma neema zawadi makena muthoni wambui ayanda bongani lindiwe mandla nandi nomvula sibusiso
themba zanele imani kwesi amara jokic luka erling pep jordi montserrat mercè merce iker aitor asier
unai ainhoa leire begoña begona encarnación encarnacion rosario remedios asunción asuncion
inmaculada trinidad purificación milagros fermín fermin isidro evaristo florencio saturnino socorro
yesenia yadira itzel citlali xochitl raimundo raimunda aparecida aparecido josé-maria severino
severina expedito benedita benedito joana thaís thais tatiane luciana luciano rosângela rosangela
cleide ivone edson edilson wellington wagner valdir valter vagner sebastião sebastiao otávio caio
heitor davi murilo vitor vítor gael ícaro rayssa heloísa heloisa cecília antônia antonia conceição
conceicao tamika latoya latisha lakisha deshon deandre demetrius darnell lamont tyrell tyrese jamar
kareem rasheed keisha shanice aaliyah ebony deja jayla jaylen tremaine leroy cornelius emmett cyrus
cody tanner bryce chase hunter hayden peyton reagan teagan skyler mckenna annegret kai-uwe hannelore
traute waltraud gertrud hildegard edeltraud roswitha rüdiger ruediger reinhard reinhold eckhard
ekkehard detlef hartmut burkhard eberhard gottfried siegmar ingolf steffen torben sibel aylin dilek
gül gul gülay gulay serkan tolga burak kerem cem deniz ebru esra selin tuğba melek sevgi orhan kemal
selim yasin recep ramazan halil gaël gaëtan joëlle noëlle mylène maëlle maelys léa léo noé noe inès
nolwenn yannis loïc loic ronan erwan gwenaëlle solène solene bénédicte benedicte odette huguette
raymonde lucette ginette marcelle benali mohand farid fouad hakim hicham ilyes ismaël khalil lamine
lotfi mounia nabila naima nawal ouarda rachid rachida redouane samira sofiane souad wassim yacine
younes zineb oyelaran adaeze adaora bukola damilola ebele ikenna kelechi nnamdi obinna olumide
onyeka yetunde zainabu gianna giada aurora ginevra noemi asia gaia rocco mattia edoardo gaetano
pasquale raffaele carmela concetta assunta immacolata rosaria patrizia loredana antonella donatella
mirella ornella stjepan ivica zeljko dragan goran zoran milan nemanja marko nikola dusan vesna
jelena milica snezana dijana tihomir radka stoyan krasimir desislava iliana kalina plamen vasil
yordan bożena bozena grażyna grazyna halina danuta jadwiga kazimierz zdzisław zdzislaw bogusław
mirosław miroslaw ryszard waldemar wiesław wieslaw dariusz mariusz sławomir slawomir przemysław
kamil dawid radek ondřej ondrej vojtěch vojtech štěpán marek radim václav vaclav ludek blanka dagmar
jarmila květa marketa šárka sarka zuzana alžběta bohumil rosalba ofelia efraín efrain abelardo
eleazar hilda nayeli maricela luz ester esperanza fe joy analyn jomar jhon rodel romeo arnel marilou
rowena jennylyn cherry imelda corazon danilo reynaldo tetsu hiroaki masahiro yasuhiro tomohiro shota
kenta ryota daisuke ayaka natsumi asuka haruna kana rina lily harsh isha kunal nikita pranjal riya
ruchi sakshi shruti tanmay aarti ajay asha chetan girish jaya mamta naresh nirmala omkar padma
rajendran rajan shankar sridhar venkatesh vasant yogesh harpreet gurpreet jaspreet mandeep manpreet
sukhwinder baljit kuldeep
""")
)

SURNAMES = with_unaccented(name_lists.FAMILY) | with_unaccented(
    word_set("""
smith johnson williams jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson
anderson thomas taylor moore jackson martin perez thompson harris sanchez clark ramirez lewis
robinson walker allen wright torres nguyen flores adams nelson baker rivera campbell mitchell carter
roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales
murphy cook rogers gutierrez ortiz cooper peterson bailey reed howard ramos kim cox richardson
watson brooks chavez bennett mendoza ruiz hughes alvarez castillo sanders patel myers ross jimenez
powell jenkins perry sullivan fisher henderson patterson simmons romero graham reynolds hamilton
griffin wallace moreno bryant herrera gibson ellis stevens murray marshall owens mcdonald kennedy
vasquez dixon hunt hicks gordon freeman wells simpson schmidt ferguson tucker porter crawford mason
morrison boyd warren dunn ramsey hawkins grant hoffman weber meyer carlson larson olson jensen
hansen petersen nielsen christensen andersen pedersen johansson andersson karlsson nilsson eriksson
larsson olsson persson svensson gustafsson lindqvist lindberg bergström bergstrom korhonen virtanen
mäkinen makinen nieminen laine müller mueller schneider fischer meier wagner becker schulz schulze
bauer koch richter klein wolf schröder schroeder neumann schwarz zimmermann braun krüger krueger
hofmann hartmann lange schmitt werner schmitz krause lehmann köhler koehler maier herrmann könig
walter mayer huber kaiser fuchs peters scholz möller moeller weiß lang jung hahn schubert vogel
friedrich keller günther berger winkler roth beck lorenz baumann franke albrecht schuster simon
ludwig böhm winter kraus schumacher krämer vogt stein jäger otto sommer gross seidel heinrich brandt
haas schreiber graf dietrich ziegler kuhn pohl engel horn busch bergmann voigt sauer arnold pfeiffer
bernard dubois durand moreau laurent lefebvre leroy roux fournier girard bonnet dupont lambert
fontaine rousseau muller lefèvre faure mercier blanc guerin boyer garnier chevalier francois legrand
gauthier perrin clement morin nicolas henry roussel mathieu gautier masson marchand duval denis
dumont lemaire noel meunier rossi russo ferrari esposito bianchi romano colombo ricci marino greco
bruno gallo conti deluca mancini costa giordano rizzo lombardi moretti barbieri fontana santoro
mariani rinaldi caruso ferrara galli martini leone gentile martínez gonzález rodríguez fernández
fernandez lópez sánchez pérez gómez jiménez hernández díaz álvarez navarro domínguez dominguez
vázquez vazquez ramírez serrano blanco molina suárez suarez ortega delgado castro rubio marín sanz
iglesias nuñez núñez medina garrido cortés cortes santos guerrero lozano cano méndez mendez herrero
prieto silva oliveira souza sousa pereira lima carvalho ferreira ribeiro almeida alves gomes martins
araujo araújo barbosa rocha dias nascimento andrade moreira nunes marques machado mendes freitas
cardoso teixeira fonseca correia dejong jansen devries vandenberg bakker janssen visser smit meijer
deboer mulder degroot bos vos peeters hendriks dekker brouwer dijkstra smits kok jacobs vermeulen
nowak kowalski kowalska wiśniewski wisniewski wiśniewska dąbrowski dabrowski lewandowski wójcik
wojcik kamiński kaminski kowalczyk zieliński zielinski szymański woźniak wozniak kozłowski jankowski
mazur novák novak svoboda novotný novotny dvořák dvorak černý procházka prochazka kučera horvath
horváth nagy szabó szabo tóth toth kovács kovacs varga popescu ionescu popa radu dumitru stoica
ivanov ivanova smirnov kuznetsov popov vasiliev petrov sokolov mikhailov novikov fedorov morozov
volkov alekseev lebedev semenov egorov pavlov kozlov stepanov shevchenko kovalenko bondarenko
tkachenko kravchenko papadopoulos yilmaz kaya demir çelik celik şahin sahin yildiz öztürk ozturk
aydin özdemir arslan doğan kilic aslan çetin khan ahmed hussain ali malik sheikh chaudhry qureshi
syed hassan ibrahim mahmoud abdullah rahman hosseini ahmadi mohammadi rezaei karimi singh kumar
sharma gupta verma shah reddy rao nair iyer menon joshi desai mehta agarwal banerjee mukherjee
chatterjee das bose ghosh mishra pandey tiwari yadav chauhan thakur kapoor malhotra wang li zhang
liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie tang song deng
feng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lu ding ren shen yao wong
chan cheung lau leung kwok sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi
kato yoshida yamada sasaki yamaguchi matsumoto inoue kimura hayashi shimizu saito mori abe ikeda
hashimoto ishikawa ogawa okada hasegawa fujita goto kondo park choi kang cho yoon jang lim han shin
seo kwon hwang ahn tran le pham hoang phan vu dang bui do ngo duong ly delacruz bautista villanueva
okafor okonkwo adeyemi ogunleye mensah osei owusu boateng asante mwangi otieno odhiambo kariuki
ndlovu dlamini nkosi zulu khumalo mokoena botha vandermerwe cohen levy mizrahi peretz friedman katz
obrien oconnor oneill mccarthy kelly ryan walsh byrne doyle gallagher doherty lynch quinn mclaughlin
macdonald macleod kane burke hayes fox webb cole dean burns palmer mills nichols perkins spencer
gardner stephens payne pierce berry matthews willis ray watkins carroll duncan snyder hart
cunningham bradley andrews harper riley armstrong weaver greene lawrence elliott kelley lawson carr
wheeler chapman oliver richards williamson johnston mccoy howell garza harvey burton stanley george
reid fuller gilbert garrett welch frazier hanson bowman fowler pearson douglas vargas byrd davidson
hopkins terry wade soto walters curtis neal caldwell lowe jennings barnett graves horton shelton
barrett sutton gregory mckinney lucas miles craig rodriquez chambers holt fletcher watts bates
rhodes pena newman haynes mcdaniel vaughn dawson norris hardy curry schultz barker guzman munoz
leonard lyons wolfe mullins benson bowen daniel barber cummings hines baldwin griffith valdez
hubbard salazar reeves warner stevenson burgess tate garner mann mack moss thornton dennis mcgee
aguilar vega glover manning harmon rodgers robbins todd blair higgins ingram reese strickland
townsend goodwin walton rowe patton swanson joseph francis goodman maldonado yates erickson hodges
conner adkins norman malone hammond moody blake maxwell floyd osborne paul lindsey estrada sandoval
gibbs tyler fitzgerald stokes sherman saunders gill alvarado greer padilla nunez ballard schwartz
mcbride pratt briggs parsons zimmerman buchanan moran copeland roy pittman brady mccormick holloway
brock poole frank logan morton abbott patrick norton huff massey lloyd carson bowers roberson barton
lamb harrington boone cortez clarke mathis singleton wilkins cain bryan underwood hogan mckenzie
collier luna phelps mcguire allison wilkerson nash atkins berg lund holm dahl olsen hagen moe strand
haugen bakke lindh nyberg holmberg sjoberg engstrom lundgren wallin hedlund forsberg norberg bergman
ek pillai rivas ott haaland salah lindemann bachmann reuter hartwig poschmann lindner achterberg
oyelade moura benali tietz kamp dietz whitfield parrish holland westbrook ellerbee drayton batista
prado calvo rey ferrer puig vila serra roca soler vidal pons bosch riera figueroa acosta benitez
benítez cabrera campos cardenas carrasco contreras espinoza espinosa fuentes gallegos juarez juárez
leon lara macias mejia mejía montoya mora orozco pacheco palacios paredes quintero rangel robles
rojas rosales salas salinas solis tapia trejo trujillo uribe valencia valenzuela velasco velez villa
villarreal zamora zuniga zúñiga baptiste desrosiers gagnon tremblay bouchard pelletier bergeron
cloutier poirier deschamps renaud olivier carpentier brunet picard leclerc leclercq collet caron
aubert benoit hubert bertrand barre pires lopes vieira moraes monteiro azevedo coelho cunha melo
melos macedo tavares pinto reis aparecido bastos brito camargo dantas duarte farias guimaraes
guimarães leal leite magalhaes miranda neves nogueira pinheiro queiroz rezende sales sampaio
siqueira viana castellani ferri fabbri pellegrini grasso valentini bellini basile benedetti bernardi
bianco cattaneo coppola damico fiore giuliani guerra longo marchetti martinelli monti morelli negri
orlando palmieri parisi piras ricciardi riva ruggiero sala sartori silvestri testa vitale
""")
)

_SENTENCE = 4
"""From this many words on, a text counts as a sentence; a shorter one may name anything."""
_SIGNS = ".,;:!?()\"'\u201c\u201d\u2018\u2019"
_PARTICLES = word_set(
    "de da do dos del della di du van von der den la le el al bin ibn y e ter ten 't"
)


def name_share(values: Sequence[str]) -> float:
    """The share of values (0 to 1) that the lists know as people's names."""
    return sum(map(is_person_name, values)) / len(values) if values else 0.0


def company_share(values: Sequence[str]) -> float:
    """The share of values (0 to 1) that carry a mark of a company's name."""
    marked = sum(
        1 for v in values if not COMPANY_WORDS.isdisjoint(v.lower().replace(",", " ").split())
    )
    return marked / len(values) if values else 0.0


def is_person_name(text: str) -> bool:
    """Whether this is a person's name of one to five words, by the lists.

    A single word must be a listed name. Of several words, the first must be a given name or the
    last a surname (the other way round with a comma). No word may hold a digit.
    """
    words = [w for w in unaccented(text).replace(",", " ").replace(".", " ").split() if len(w) > 1]
    if not 1 <= len(words) <= 5 or not all(_is_word(w) for w in words):
        return False
    if len(words) == 1:
        return words[0] in GIVEN_NAMES or words[0] in SURNAMES
    if not COMPANY_WORDS.isdisjoint(words):
        return False
    core = [w for w in words if w not in _PARTICLES] or words
    first, last = core[0], core[-1]
    if "," in text:
        first, last = last, first
    return first in GIVEN_NAMES or (last in SURNAMES and len(core) <= 3)


def mentions_person(text: str) -> bool:
    """Whether a sentence has a listed given name that a listed surname follows."""
    words = [word.strip(_SIGNS) for word in text.split()]
    if len(words) < _SENTENCE:
        return False
    return any(
        first[:1].isupper()
        and last[:1].isupper()
        and unaccented(first) in GIVEN_NAMES
        and unaccented(last) in SURNAMES
        for first, last in pairwise(words)
    )


def _is_word(word: str) -> bool:
    return word.replace("-", "").replace("'", "").replace("\u2019", "").isalpha()


# Shapes of names

_TITLES = word_set("""
hr fr hrn frl mlle mstr dhr mevr pan pani sig sigra avv dra profa licda lic ing arq dott.ssa
dr mr mrs ms miss mx prof professor sir dame lord lady rev sen rep gov hon judge justice capt
captain sgt officer det herr frau m mme mlle sr sra srta don dona dott ing md do phd dds dvm rn np
pa esq jr ii iii iv mba cpa dphil frcp md. ph.d
""")
NEVER_NAMES = word_set("""
court house tower building plaza lodge manor chapel cathedral pavilion centre center wing campus
library museum theatre stadium arena hotel
the of and for in on at to by with united team club city county state school street road avenue
central fc cf sc ac real racing red grand prix national north south east west new inc group
department office unit desk support system service services admin automatic auto manual default
unknown none other test open data home away yes no self batch job etl bot robot user root guest
server cloud ops data team web app api sys info queue staff everyone nobody anyone
""")
_WORD = re.compile(r"['\u2019]?[^\W\d_]{1,40}(?:['\u2019.-][^\W\d_]{0,40}){0,3}")
_LIST = re.compile(r"\s*(?:;|\||/|&|\n|\band\b|\bet al\b\.?)\s*")
_QUOTED = re.compile(r"[\[\]{}\"]+")
_LONGEST_NAME = 60
_MOST_PEOPLE = 12


def are_people(values: Sequence[str]) -> bool:
    """Whether most values have the shape of people's names, and the lists know some of them."""
    people = [person for value in values for person in people_in(value)]
    if not people:
        return False
    shaped = [person for person in people if has_name_shape(person)]
    listed = sum(map(_has_listed_word, shaped))
    if len(shaped) >= 0.6 * len(people) and listed >= 0.2 * len(people):
        return True
    alone = sum(" " not in p and is_person_name(p) for p in people)
    return len(people) >= 3 and alone >= 0.5 * len(people)


def people_in(value: str) -> list[str]:
    """Split a value that lists people: `A. Smith; B. Lee`, `["Ann Lee"]`, `Smith J, Lee K`."""
    text = _QUOTED.sub(" ", value[:500]) if value.startswith("[") else value[:500]
    parts = [part.strip() for part in _LIST.split(text)]
    out: list[str] = []
    for part in parts:
        pieces = [piece.strip() for piece in part.split(",")]
        several = len(pieces) > 1 and all(" " in piece for piece in pieces)
        out.extend(pieces if several or value.startswith("[") else [part])
    return [person for person in out if person][:_MOST_PEOPLE]


def has_name_shape(text: str) -> bool:
    """Whether a text is written as a person's name: `Ann Lee`, `LEE, ANN B.`, `Dr. Berg`."""
    if not 3 <= len(text) <= _LONGEST_NAME:
        return False
    words = text.replace(",", ", ").split()
    bare = [word.strip(",.") for word in words]
    titled = sum(word.lower() in _TITLES for word in bare)
    core = [word for word in bare if word and word.lower() not in _TITLES]
    if not 1 <= len(core) <= 5 or (len(core) == 1 and not titled):
        return False
    return all(map(_is_part, core)) and not company_share((text,))


def _is_part(word: str) -> bool:
    lowered = word.lower()
    if lowered in NEVER_NAMES or not _WORD.fullmatch(word):
        return False
    return not word.lstrip("'\u2019")[0].islower() or lowered in _PARTICLES


def _has_listed_word(text: str) -> bool:
    words = unaccented(text).replace(",", " ").split()
    titled = any(word.strip(".") in _TITLES for word in words)
    return titled or not (GIVEN_NAMES.isdisjoint(words) and SURNAMES.isdisjoint(words))


def is_clear_name(text: str) -> bool:
    """Whether the lists know the given name of a text that is written as a person's full name."""
    if _BOOKED.fullmatch(text) and _is_booked(text):
        return True
    if not has_name_shape(text):
        return False
    given = text.partition(",")[2] if "," in text else text
    words = [word.strip(".,") for word in unaccented(given).split()]
    first = next((word for word in words if word not in _TITLES and len(word) > 1), "")
    initialled = len(words[0]) == 1 if words else False
    if first in GIVEN_NAMES or (initialled and words[-1] in SURNAMES):
        return True
    if words and words[0] in ADDRESSED:
        return True
    # SMITH JOHN M: voters and payrolls have the surname first, as Japan and Hungary write it.
    later = words[1:] if text.isupper() else words[-1:]
    return first in SURNAMES and len(words) > 1 and not GIVEN_NAMES.isdisjoint(later)


ADDRESSED = word_set("""
mevrouw meneer heer pani pan monsieur madame mademoiselle signora signor senora senor senhora senhor
fru mn rev rabbi imam sister brother
dra dott.ssa dottssa dres lek enf enfa profa mudr
hr hrn fr frl herr frau mr mrs ms mme mlle sr sra srta dhr mevr dott dra sig avv prof dr hon judge
""")
# How bookings of flights write a passenger: SMITH/JOHN MR, SMITH/PAULAMRS.
_BOOKED = re.compile(r"[A-Z][A-Z' -]{1,29}/[A-Z][A-Z ]{0,39}")
_GLUED_TITLE = re.compile(r"([A-Z]{2,30}?) ?(?:MRS?|MS|MISS|MSTR|CHD|INF|DR)")


def _is_booked(text: str) -> bool:
    given = text.partition("/")[2]
    glued = _GLUED_TITLE.fullmatch(given.replace(" ", ""))
    words = unaccented(given).split()
    return bool(glued) or any(word in GIVEN_NAMES for word in words)


def is_given_name(text: str) -> bool:
    """Whether this is a listed given name alone, perhaps with a title glued on: `PAULAMRS`."""
    lowered = unaccented(text)
    if lowered in GIVEN_NAMES:
        return True
    parts = re.split(r"[ -]", lowered)
    if len(parts) == 2 and GIVEN_NAMES.issuperset(parts):  # Jean-Paul, ANA MARIA
        return True
    glued = _GLUED_TITLE.fullmatch(text)
    return bool(glued and unaccented(glued[1]) in GIVEN_NAMES)


_HANDLE = re.compile(r"([a-z]{2,20})[._]([a-z]{2,20})\d{0,4}")
_INITIALLED = re.compile(r"[a-z][._]?([a-z]{3,20}?)\d{0,3}")


def is_handle_of_name(value: str) -> bool:
    """Whether an account's name is made of a person's: anna.schmidt, peter_mueller2, jsmith."""
    text = unaccented(value)
    match = _HANDLE.fullmatch(text)
    if match:
        return match[1] in GIVEN_NAMES or match[2] in SURNAMES
    match = _INITIALLED.fullmatch(text)
    return bool(match and match[1] in SURNAMES)
